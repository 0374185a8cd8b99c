/** What went wrong, in one line. Before this file: an error of the library. After it: `program.ts`. */
import { getSystemErrorMap } from 'node:util';
import { NetlinkError } from '@ripstop/netlink';
import { SyscallError } from '@ripstop/socket';

/** Without the newline at the end. Where the kernel has no words of its own, those that the system has for the error number. */
export function failureText(error: Error): string {
  const isBare = error instanceof NetlinkError && error.kernelMessage === undefined;
  if (!isBare && !(error instanceof SyscallError)) return error.message;
  const { code, errno, message } = error;
  const words = getSystemErrorMap().get(-errno)?.[1];
  return words === undefined ? message : message.replace(`: ${code}`, `: ${code}: ${words}`);
}
