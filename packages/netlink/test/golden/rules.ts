/** What iproute2 sends for rules. No kernel had to carry them out. */
import type { Golden } from './golden.ts';

export const rule: Golden = {
  provenance:
    'iproute2 6.1.0: `ip rule add not from 10.0.0.0/8 to 10.1.0.0/16 fwmark 0x10/0xff tos 0x10 iif v0 table 1000 priority 50 suppress_prefixlength 0 uidrange 100-200 ipproto tcp sport 10-20 dport 80`',
  hex: `
    80000000200005067874016b00000000021008100000000102000000080002000a000000080001000a01000008000a00
    1000000008001000ff000000070003007630000008000f00e8030000080006003200000008000e00000000000c001400
    64000000c80000000500160006000000080017000a0014000800180050005000`,
};

export const ruleGoto: Golden = {
  provenance: 'iproute2 6.1.0: `ip rule add from 10.2.0.0/16 goto 200`',
  hex: `
    2c000000200005067874016b00000000020010000000000200000000080002000a02000008000400c8000000`,
};

export const ruleTunnel: Golden = {
  provenance: 'iproute2 6.1.0: `ip rule add tun_id 7 table 100`',
  hex: `
    28000000200005067874016b000000000200000064000001000000000c000c000000000000000007`,
};
