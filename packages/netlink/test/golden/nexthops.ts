/** What iproute2 sends for next-hop objects. No kernel had to carry them out. */
import type { Golden } from './golden.ts';

export const nexthopTunnel: Golden = {
  provenance: 'iproute2 6.1.0: `ip nexthop add id 7 encap mpls 400 via 10.0.0.2 dev v0`',
  hex: `
    44000000680005067874016b00000000020000000000000008000100070000000c000880080001000019010006000700
    01000000080006000a0000020800050003000000`,
};

export const nexthopOnLink: Golden = {
  provenance: 'iproute2 6.1.0: `ip nexthop add id 2 via 10.0.0.3 dev v0 onlink proto 12`',
  hex: `
    30000000680005067874016b0000000002000c00040000000800010002000000080006000a0000030800050003000000`,
};

export const nexthopGroup: Golden = {
  provenance:
    'iproute2 6.1.0: `ip nexthop add id 10 group 1,3/2 type resilient buckets 8 idle_timer 60 unbalanced_timer 300`',
  hex: `
    58000000680005067874016b000000000000000000000000080001000a00000014000200010000000200000002000000
    000000001c000c800600010008000000080002007017000008000300307500000600030001000000`,
};

export const nexthopBlackhole: Golden = {
  provenance: 'iproute2 6.1.0: `ip nexthop add id 11 blackhole`',
  hex: `
    24000000680005067874016b000000000200000000000000080001000b00000004000400`,
};

export const nexthopForwarding: Golden = {
  provenance: 'iproute2 6.1.0: `ip nexthop add id 14 via 10.0.0.5 fdb`',
  hex: `
    2c000000680005067874016b000000000200000000000000080001000e000000080006000a00000504000b00`,
};
