/** Requests that the library has no method for. Before this file: a command. After it: the library's `batch`. */
import type { Request } from '@ripstop/netlink';
import type { Context } from './command.ts';

/** @throws NetlinkError if the kernel refuses; SyscallError */
export async function carryOut(request: Request, { rtnetlink }: Pick<Context, 'rtnetlink'>): Promise<void> {
  const [refusal] = await rtnetlink.batch([request]);
  if (refusal !== undefined) throw refusal;
}
