// The descriptors that this process has open, to see that none is left over.
import { readdirSync, readlinkSync } from 'node:fs';

/** How many there are, the one of the listing itself included. */
export function openDescriptors(): number {
  return readdirSync('/proc/self/fd').length;
}

/** Those that are sockets. */
export function openSockets(): string[] {
  return readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).startsWith('socket:');
    } catch {
      return false; // the descriptor of the listing
    }
  });
}
