import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encode, utf8Decode, utf8Encode } from '@ripstop/wire';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openDescriptor } from '../src/system/descriptor.ts';
import { constants, localAddress } from '../src/system/headers.ts';
import { intBytes, libc, succeed } from '../src/system/libc.ts';
import { notifyServiceManager } from '../src/system/service-manager.ts';
import { openDescriptors } from './descriptors.ts';

let directory: string;
let manager: number | undefined;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'ripstop-notify-'));
});
afterEach(() => {
  if (manager !== undefined) libc.close(manager);
  manager = undefined;
  vi.unstubAllEnvs();
  rmSync(directory, { recursive: true });
});

/** Listens as systemd does. @param bound what the kernel calls the socket: a path, or NUL and a name */
function listen(bound: string, environment: string): void {
  const name = utf8Encode(bound);
  const path = new Uint8Array(108);
  path.set(name);
  const address = encode(localAddress, { family: constants.AF_UNIX, path });
  manager = openDescriptor(constants.AF_UNIX, constants.SOCK_DGRAM, 0, 'service manager', (fd) => {
    succeed('bind', libc.bind(fd, address, 2 + name.byteLength), 'service manager');
    return fd;
  });
  vi.stubEnv('NOTIFY_SOCKET', environment);
}

function received(): string | undefined {
  const bytes = new Uint8Array(100);
  const length = libc.recvfrom(manager ?? -1, bytes, bytes.byteLength, 0, new Uint8Array(110), intBytes(110));
  return length < 0 ? undefined : utf8Decode(bytes.subarray(0, length));
}

test('a service manager at a path is told', () => {
  const path = join(directory, 'notify');
  listen(path, path);
  const before = openDescriptors();
  notifyServiceManager('READY=1');
  expect(received()).toBe('READY=1');
  expect(openDescriptors()).toBe(before);
});

test('a service manager with an abstract name is told', () => {
  listen(`\0${directory}`, `@${directory}`);
  notifyServiceManager('STOPPING=1');
  expect(received()).toBe('STOPPING=1');
});

test('without a service manager nothing happens', () => {
  vi.stubEnv('NOTIFY_SOCKET', '');
  expect(() => notifyServiceManager('READY=1')).not.toThrow();
});

test('a service manager that is not there is an error', () => {
  vi.stubEnv('NOTIFY_SOCKET', join(directory, 'nobody'));
  const before = openDescriptors();
  expect(() => notifyServiceManager('READY=1')).toThrow(
    expect.objectContaining({ code: 'ENOENT', call: 'connect' }),
  );
  expect(openDescriptors()).toBe(before);
});

test('a name that does not fit is an error', () => {
  vi.stubEnv('NOTIFY_SOCKET', `/${'x'.repeat(200)}`);
  expect(() => notifyServiceManager('READY=1')).toThrow(/sockaddr_un|EINVAL/);
});
