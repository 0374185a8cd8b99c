// Next-hop objects as iproute2 asks for them.
import { littleEndianHost } from '@ripstop/wire';
import { describe, expect, test } from 'vitest';
import { type Golden, read } from './golden.ts';
import * as golden from './nexthops.ts';

describe.skipIf(!littleEndianHost)('next-hop objects', () => {
  const nexthop = { family: 'ipv4', scope: 'global', protocol: 'unspecified', flags: 0 };
  const cases: Record<string, [Golden, object]> = {
    'on the link': [
      golden.nexthopOnLink,
      { ...nexthop, protocol: 'bird', flags: 0x4, id: 2, gateway: '10.0.0.3', outputInterface: 3 },
    ],
    'a resilient group': [
      golden.nexthopGroup,
      {
        ...nexthop,
        family: 'unspecified',
        id: 10,
        group: [
          { id: 1, weight: 2, weightHigh: 0 },
          { id: 2, weight: 0, weightHigh: 0 },
        ],
        resilientGroup: { buckets: 8, idleTimer: 6000, unbalancedTimer: 30000 },
        groupType: 'resilient',
      },
    ],
    'a black hole': [golden.nexthopBlackhole, { ...nexthop, id: 11, blackhole: true }],
    'of a forwarding table': [
      golden.nexthopForwarding,
      { ...nexthop, id: 14, gateway: '10.0.0.5', forwarding: true },
    ],
  };

  test.each(Object.entries(cases))('%s', (_name, [source, expected]) => {
    const { values, explanation } = read(source);
    expect(values, explanation).toEqual([expected]);
  });
});
