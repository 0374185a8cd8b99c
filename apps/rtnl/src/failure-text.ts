/** What went wrong, in one line. Before this file: an error of the library. After it: `program.ts`. */
import { errnoWords } from '@ripstop/netlink';
import { SyscallError } from '@ripstop/socket';

/** Without the newline at the end. A failed call of the system gets the words of its error number. */
export function failureText(error: Error): string {
  if (!(error instanceof SyscallError)) return error.message;
  const { code, errno, message } = error;
  const words = errnoWords(errno);
  return words === undefined ? message : message.replace(`: ${code}`, `: ${code}: ${words}`);
}
