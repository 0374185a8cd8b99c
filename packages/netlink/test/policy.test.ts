// What the kernel accepts, in words.
import { expect, test } from 'vitest';
import { NetlinkError } from '../src/netlink-error.ts';
import { describePolicy } from '../src/policy.ts';

type Policy = Parameters<typeof describePolicy>[0];

const cases: readonly [Policy, string][] = [
  [{ type: 'u32', minimum: 68n, maximum: 65_535n }, 'u32 from 68 to 65535'],
  [{ type: 'u8', maximum: 1n }, 'u8 to 1'],
  [{ type: 's16', minimumSigned: -5n, maximumSigned: 5n }, 's16 from -5 to 5'],
  [{ type: 'nul-string', maximumLength: 15 }, 'nul-string of at most 15 bytes'],
  [{ type: 'binary', minimumLength: 4, maximumLength: 4 }, 'binary of 4 bytes'],
  [{ type: 'binary', minimumLength: 4 }, 'binary of at least 4 bytes'],
  [{ type: 'u32', mask: 0x1fn }, 'u32 of the bits 0x1f'],
  [{ type: 'bitfield32', bitfield32Mask: 3 }, 'bitfield32 of the bits 0x3'],
  [{ type: 'flag' }, 'flag'],
  [{}, 'value'],
];

test.each(cases.map(([policy, words]) => ({ policy, words })))('$words', ({ policy, words }) => {
  expect(describePolicy(policy)).toBe(words);
});

test('stands in the error behind the attribute', () => {
  const failure = { errno: 34, operation: 'RTM_NEWLINK', sequence: 1, kernelMessage: 'no' };
  const error = new NetlinkError({ ...failure, attribute: 'mtu', accepted: 'u32 from 68 to 65535' });
  expect(error.accepted).toBe('u32 from 68 to 65535');
  expect(error.message).toBe('RTM_NEWLINK: ERANGE: no (mtu; accepted: u32 from 68 to 65535)');
  expect(new NetlinkError(failure).accepted).toBeUndefined();
});
