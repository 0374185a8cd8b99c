// One line for each error of the library.
import { NetlinkError } from '@ripstop/netlink';
import { SyscallError } from '@ripstop/socket';
import { expect, test } from 'vitest';
import { CommandError } from '../src/command.ts';
import { failureText } from '../src/failure-text.ts';

function refusal(errno: number, kernelMessage?: string, attribute?: string): NetlinkError {
  return new NetlinkError({ errno, operation: 'RTM_NEWROUTE', sequence: 1, kernelMessage, attribute });
}

test.each<[string, Error, string]>([
  ['a bare number has the words of the C library', refusal(3), 'RTM_NEWROUTE: ESRCH: No such process'],
  [
    'and what the kernel says besides',
    refusal(22, undefined, 'mtu'),
    'RTM_NEWROUTE: EINVAL: Invalid argument (mtu)',
  ],
  [
    'the kernel has words',
    refusal(101, 'Nexthop has invalid gateway'),
    'RTM_NEWROUTE: ENETUNREACH: Nexthop has invalid gateway',
  ],
  ['nobody has', refusal(999), 'RTM_NEWROUTE: E999'],
  [
    'a call of the system',
    new SyscallError('bind', 1, 'cannot open a socket'),
    'cannot open a socket (bind: EPERM: Operation not permitted)',
  ],
  ['a mistake of the line', new CommandError('dev: ESRCH: it says'), 'dev: ESRCH: it says'],
])('%s', (_, error, line) => {
  expect(failureText(error)).toBe(line);
});
