/**
 * Tells when a file descriptor that Node itself cannot adopt has something to read. The event loop waits for it, as for
 * Node's own sockets: no thread, no polling, and an open watch keeps the process alive.
 *
 * `koffi.node.poll` is libuv's uv_poll without Node's comforts; this file adds them:
 * - libuv stops a handle when the socket reports an error (ENOBUFS), so it is started again;
 * - its callback has no async scope, so that promises would wait for the next timer and exceptions would surface
 *   anywhere; the reader runs in a `setImmediate`;
 * - a handle that nobody refers to is closed by garbage collection, so open ones stand in a set;
 * - using a handle after closing it is fatal, so nobody else gets hold of it.
 */
import { node } from 'koffi';

const openHandles = new Set<node.PollHandle>();

/**
 * Calls `readable` in a turn of its own whenever `fd` has data, a condition to report, or still has some.
 *
 * @param readable should read until EAGAIN or for a bounded time; it is called again while something is left
 * @returns ends the watch; to be called before `fd` is closed; calling it again does nothing
 */
export function watchReadable(fd: number, readable: () => void): () => void {
  let stopped = false;
  let scheduled = false;
  let failed = false;

  // Koffi passes (status, events); its type declaration says (events).
  const polled = (status: unknown): void => {
    failed ||= Number(status) < 0;
    if (scheduled) return;
    scheduled = true;
    setImmediate(turn);
  };
  const turn = (): void => {
    scheduled = false;
    if (stopped) return;
    if (failed) {
      failed = false;
      handle.start({ readable: true }, polled);
    }
    readable();
  };

  const handle = node.poll(fd, { readable: true }, polled);
  openHandles.add(handle);
  return () => {
    if (stopped) return;
    stopped = true;
    openHandles.delete(handle);
    handle.close();
  };
}
