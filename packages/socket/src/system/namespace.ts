/**
 * Network namespaces: entering one for the length of a function, making and deleting named ones as `ip netns` does.
 *
 * A socket belongs for life to the namespace it was opened in, so that one process can serve many. The namespace is an
 * attribute of the thread; all of this is synchronous, because whatever ran in between would run in the wrong one.
 */
import {
  closeSync,
  constants as files,
  fstatSync,
  mkdirSync,
  openSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { constants as os } from 'node:os';
import { constants } from './headers.ts';
import { libc, SyscallError, succeed } from './libc.ts';

/** A name of `ip netns`, an absolute path such as `/proc/1234/ns/net`, the id of a process in it, or one that is held. */
export type NamespaceReference = string | number | HeldNamespace;

/** Where `ip netns` keeps its names. */
const NAMESPACE_DIRECTORY = '/run/netns';
const OWN_NAMESPACE = '/proc/thread-self/ns/net';

/** A namespace that is held open: it can be entered even when its name was deleted or its process has ended. */
export class HeldNamespace {
  readonly #reference: NamespaceReference;
  readonly #path: string;
  #fd: number | undefined;

  /** @throws SyscallError if there is no such namespace */
  constructor(reference: NamespaceReference) {
    this.#reference = reference;
    this.#path = pathOf(reference);
    this.#fd = open(this.#path, `network namespace ${reference}`);
  }

  /**
   * Whether what it was opened by still leads to it: false when the name was deleted, or given to another namespace, or
   * when the process has ended. The namespace itself is there as long as it is held, with its links.
   */
  get isNamed(): boolean {
    const held = fstatSync(this.fd);
    try {
      const found = statSync(this.#path);
      return found.dev === held.dev && found.ino === held.ino;
    } catch (error) {
      // Linux: ENOENT also if the process waits for its parent to ask what became of it.
      return (error as NodeJS.ErrnoException).code !== 'ENOENT';
    }
  }

  /** Valid until `close`. */
  get fd(): number {
    if (this.#fd === undefined) throw new Error(`network namespace ${this} is no longer held`);
    return this.#fd;
  }

  /** Lets go of it. Calling it again does nothing. */
  close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }

  /** What it was called when it was opened. */
  toString(): string {
    return String(this.#reference);
  }
}

/**
 * Runs a function in another network namespace, and returns to the own one.
 *
 * @param reference undefined: the own namespace; nothing is entered, no right is needed
 * @param action must be synchronous, and start nothing that goes on later
 * @throws SyscallError if there is no such namespace or the process has no CAP_SYS_ADMIN; TypeError if `action` returned
 *   a promise; what `action` throws
 */
export function withNamespace<Result>(
  reference: NamespaceReference | undefined,
  action: () => Result extends PromiseLike<unknown> ? never : Result,
): Result {
  if (reference === undefined) return action();
  const held = reference instanceof HeldNamespace ? reference : new HeldNamespace(reference);
  const detail = `network namespace ${reference}`;
  try {
    return elsewhere(detail, () => enter(held.fd, detail), action);
  } finally {
    if (held !== reference) held.close();
  }
}

/** Makes an empty namespace with a name, as `ip netns add` does; its `lo` is down. @throws SyscallError */
export function createNamespace(name: string): void {
  const detail = `making network namespace ${name}`;
  const path = pathOfName(name);
  shareNamespaceDirectory(detail);
  closeSync(open(path, detail, files.O_CREAT | files.O_EXCL));
  try {
    elsewhere(
      detail,
      () => succeedPrivileged('unshare', libc.unshare(constants.CLONE_NEWNET), detail),
      () => succeed('mount', libc.mount(OWN_NAMESPACE, path, 'none', constants.MS_BIND, null), detail),
    );
  } catch (error) {
    unlinkSync(path);
    throw error;
  }
}

/** Removes a name; the namespace itself goes when the last process and socket in it are gone. @throws SyscallError */
export function deleteNamespace(name: string): void {
  const detail = `deleting network namespace ${name}`;
  const path = pathOfName(name);
  const result = libc.umount2(path, constants.MNT_DETACH);
  // EINVAL: nothing is mounted there. Whoever was making it died between the file and the mount.
  if (result !== -os.errno.EINVAL) succeedPrivileged('umount2', result, detail);
  attempt('unlink', detail, () => unlinkSync(path));
}

/** Moves the thread with `leave`, runs `action` there and moves the thread back. */
function elsewhere<Result>(detail: string, leave: () => void, action: () => Result): Result {
  const own = open(OWN_NAMESPACE, detail);
  try {
    enter(own, detail); // Whoever may not return must not leave.
    leave();
    try {
      const result = action();
      if (result instanceof Promise)
        throw new TypeError('what runs in a network namespace must be synchronous');
      return result;
    } finally {
      returnTo(own);
    }
  } finally {
    closeSync(own);
  }
}

function enter(fd: number, detail: string): void {
  succeedPrivileged('setns', libc.setns(fd, constants.CLONE_NEWNET), detail);
}

/** Everything after a failure here would happen in the wrong namespace: nothing may catch it. */
function returnTo(own: number): void {
  const result = libc.setns(own, constants.CLONE_NEWNET);
  if (result >= 0) return;
  const error = new SyscallError('setns', -result, 'cannot return to the own network namespace');
  writeSync(2, `${error.message}; the process ends here, lest it work in a wrong one\n`);
  process.abort();
}

/** As `succeed`; a refusal names the missing right. */
function succeedPrivileged(
  call: 'setns' | 'unshare' | 'umount2' | 'mount',
  result: number,
  detail: string,
): void {
  succeed(call, result, result === -os.errno.EPERM ? `${detail}: CAP_SYS_ADMIN is needed` : detail);
}

function open(path: string, detail: string, flags: number = files.O_RDONLY): number {
  return attempt('open', `${detail}: ${path}`, () => openSync(path, flags, 0));
}

/** A system call by way of Node, which has errors of its own. @throws SyscallError */
function attempt<Result>(call: 'mkdir' | 'open' | 'unlink', detail: string, action: () => Result): Result {
  try {
    return action();
  } catch (error) {
    const { errno } = error as NodeJS.ErrnoException;
    throw new SyscallError(call, -(errno ?? 0), detail);
  }
}

function pathOf(reference: NamespaceReference): string {
  if (reference instanceof HeldNamespace) return `/proc/self/fd/${reference.fd}`;
  if (typeof reference === 'number') return `/proc/${reference}/ns/net`;
  return reference.startsWith('/') ? reference : pathOfName(reference);
}

function pathOfName(name: string): string {
  if (name === '' || name === '.' || name === '..' || name.includes('/')) {
    throw new SyscallError('open', os.errno.EINVAL, `network namespace ${JSON.stringify(name)}: not a name`);
  }
  return `${NAMESPACE_DIRECTORY}/${name}`;
}

/**
 * Names must appear in every mount namespace, so the directory is a shared mount: of itself, if it is none yet.
 * The lock is the one `ip netns` takes: two at once would mount it twice and hide what the first had put there.
 */
function shareNamespaceDirectory(detail: string): void {
  attempt('mkdir', detail, () => mkdirSync(NAMESPACE_DIRECTORY, { recursive: true, mode: 0o755 }));
  const { LOCK_EX, MS_BIND, MS_REC, MS_SHARED } = constants;
  const lock = open(NAMESPACE_DIRECTORY, detail);
  try {
    succeed('flock', libc.flock(lock, LOCK_EX), detail);
    const share = (): number => libc.mount('', NAMESPACE_DIRECTORY, 'none', MS_SHARED | MS_REC, null);
    let shared = share();
    if (shared === -os.errno.EINVAL) {
      const bound = libc.mount(NAMESPACE_DIRECTORY, NAMESPACE_DIRECTORY, 'none', MS_BIND | MS_REC, null);
      succeedPrivileged('mount', bound, detail);
      shared = share();
    }
    succeedPrivileged('mount', shared, detail);
  } finally {
    closeSync(lock);
  }
}
