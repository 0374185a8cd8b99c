/** Tells the service manager how the service fares: what sd_notify(3) does, without its library. */
import { encode, utf8Encode } from '@ripstop/wire';
import { openDescriptor } from './descriptor.ts';
import { constants, localAddress } from './headers.ts';
import { libc, succeed } from './libc.ts';

/** Bytes of sockaddr_un before the path. */
const PATH_OFFSET = localAddress.offsets.path;

/**
 * Sends a state such as `READY=1` to the socket that the environment names in NOTIFY_SOCKET: a path, or `@` and an
 * abstract name. Does nothing where it names none.
 * @throws SyscallError if nobody listens there, or if the name is longer than 107 bytes
 */
export function notifyServiceManager(state: string): void {
  const name = process.env.NOTIFY_SOCKET;
  if (name === undefined || name === '') return;
  const detail = `service manager at ${name}`;
  const path = new Uint8Array(localAddress.size - PATH_OFFSET);
  const encoded = utf8Encode(name.startsWith('@') ? `\0${name.slice(1)}` : name);
  path.set(encoded.subarray(0, path.byteLength));
  const address = encode(localAddress, { family: constants.AF_UNIX, path });
  const message = utf8Encode(state);
  const fd = openDescriptor(constants.AF_UNIX, constants.SOCK_DGRAM, 0, detail, (opened) => {
    succeed('connect', libc.connect(opened, address, PATH_OFFSET + encoded.byteLength), detail);
    succeed('send', libc.send(opened, message, message.byteLength, 0), detail);
    return opened;
  });
  libc.close(fd);
}
