/**
 * May this process make network namespaces? Directly, inside a user namespace of its own, or not at all: then why, and
 * what to do. Asked by trying, because no list of settings tells it reliably; the settings only explain a refusal.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';

export type Privilege =
  | { readonly way: 'directly' }
  | { readonly way: 'user-namespace' }
  /** `reason`: one sentence; `remedies`: what to do, the simplest first. */
  | { readonly way: 'refused'; readonly reason: string; readonly remedies: readonly string[] };

/** What a refusal is explained from. */
export interface PrivilegeFacts {
  readonly root: boolean;
  /** CAP_NET_ADMIN and CAP_SYS_ADMIN are effective. */
  readonly capable: boolean;
  /** What the trial without a user namespace said; undefined is success. */
  readonly directError: string | undefined;
  /** What the trial inside a user namespace said; undefined is success. */
  readonly userNamespaceError: string | undefined;
  /** Inside Docker, Podman or the like. */
  readonly container: boolean;
  /** kernel.apparmor_restrict_unprivileged_userns: Ubuntu since 23.10. */
  readonly restrictedByAppArmor: boolean;
  /** user.max_user_namespaces; 0 forbids. */
  readonly userNamespacesMax: number | undefined;
  /** kernel.unprivileged_userns_clone: Debian's own switch; false forbids. */
  readonly userNamespacesAllowed: boolean;
}

/** linux/capability.h */
const CAP_NET_ADMIN = 12n;
const CAP_SYS_ADMIN = 21n;

/** Needs what a lab needs: a place for namespaces and a veth pair. All of it is gone with the trial's own namespaces. */
const trial = 'mount -t tmpfs tmpfs /run && ip link add trial0 type veth peer name trial1';
const userNamespace = ['unshare', '--user', '--map-root-user', '--net', '--mount'] as const;

export function probePrivilege(): Privilege {
  return judgePrivilege(gatherFacts());
}

/** The verdict on facts. */
export function judgePrivilege(facts: PrivilegeFacts): Privilege {
  if (facts.capable && facts.directError === undefined) return { way: 'directly' };
  if (facts.userNamespaceError === undefined) return { way: 'user-namespace' };
  const error = (facts.capable ? facts.directError : undefined) ?? facts.userNamespaceError;
  const { reason, remedies } = causes.find(({ applies }) => applies(facts, error)) ?? unknownCause;
  return { way: 'refused', reason: `${reason} (${error})`, remedies };
}

interface Cause {
  readonly applies: (facts: PrivilegeFacts, error: string) => boolean;
  readonly reason: string;
  readonly remedies: readonly string[];
}

const withSudo = 'run it with sudo';
const unknownCause = {
  reason: 'An ordinary user may not make network namespaces here',
  remedies: [withSudo],
} as const;

/** The first that applies is the one. */
const causes: readonly Cause[] = [
  {
    applies: (_, error) => /\bip: (?:command )?not found/.test(error),
    reason: 'The program ip is missing',
    remedies: ['sudo apt-get install iproute2'],
  },
  {
    applies: (_, error) => /unshare.*ENOENT/.test(error),
    reason: 'The program unshare is missing',
    remedies: ['sudo apt-get install util-linux'],
  },
  {
    applies: ({ root, restrictedByAppArmor }) => !root && restrictedByAppArmor,
    reason:
      'AppArmor forbids user namespaces to ordinary users: kernel.apparmor_restrict_unprivileged_userns is 1',
    remedies: [
      withSudo,
      'or allow them until the next start: sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0',
    ],
  },
  {
    applies: ({ root, userNamespacesMax }) => !root && userNamespacesMax === 0,
    reason: 'User namespaces are switched off: user.max_user_namespaces is 0',
    remedies: [withSudo, 'or allow them until the next start: sudo sysctl -w user.max_user_namespaces=10000'],
  },
  {
    applies: ({ root, userNamespacesAllowed }) => !root && !userNamespacesAllowed,
    reason: 'User namespaces are switched off: kernel.unprivileged_userns_clone is 0',
    remedies: [
      withSudo,
      'or allow them until the next start: sudo sysctl -w kernel.unprivileged_userns_clone=1',
    ],
  },
  {
    applies: ({ container }) => container,
    reason: 'This container may make neither network namespaces nor user namespaces',
    remedies: [
      'start it with --privileged',
      'or with --cap-add SYS_ADMIN --cap-add NET_ADMIN --security-opt seccomp=unconfined --security-opt apparmor=unconfined',
    ],
  },
  {
    applies: ({ root }) => root,
    reason: 'Root lacks the right to make network namespaces here',
    remedies: ['run it as a root that has CAP_NET_ADMIN and CAP_SYS_ADMIN'],
  },
];

/**
 * Runs this same program again inside a user namespace in which it is root, with an empty /run for its network
 * namespaces, and waits for it.
 * @returns its exit code; 128 + the signal's number if a signal ended it
 */
export function runInUserNamespace(): Promise<number> {
  const again = [process.execPath, ...process.execArgv, ...process.argv.slice(1)];
  const script = 'mount -t tmpfs tmpfs /run && exec "$@"';
  const [command, ...parameters] = [...userNamespace, 'sh', '-c', script, 'sh', ...again];
  return new Promise((resolve, reject) => {
    const child = spawn(command, parameters, { stdio: 'inherit' });
    // The program inside cleans up after itself; it must end before we do.
    const pass = (signal: NodeJS.Signals): boolean => child.kill(signal);
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
    for (const signal of signals) process.on(signal, pass);
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      for (const each of signals) process.off(each, pass);
      resolve(code ?? 128 + constants.signals[signal ?? 'SIGKILL']);
    });
  });
}

function gatherFacts(): PrivilegeFacts {
  const capabilities = BigInt(`0x${/^CapEff:\s*(\w+)/m.exec(read('/proc/self/status') ?? '')?.[1] ?? '0'}`);
  const has = (capability: bigint): boolean => (capabilities & (1n << capability)) !== 0n;
  return {
    root: process.geteuid?.() === 0,
    capable: has(CAP_NET_ADMIN) && has(CAP_SYS_ADMIN),
    directError: failureOf('unshare', '--net', '--mount'),
    userNamespaceError: failureOf(...userNamespace),
    container: existsSync('/.dockerenv') || existsSync('/run/.containerenv'),
    restrictedByAppArmor: setting('kernel/apparmor_restrict_unprivileged_userns') === 1,
    userNamespacesMax: setting('user/max_user_namespaces'),
    userNamespacesAllowed: setting('kernel/unprivileged_userns_clone') !== 0,
  };
}

/** The last line that the trial printed; undefined if it succeeded. */
function failureOf(command: string, ...parameters: string[]): string | undefined {
  const { status, stderr, error } = spawnSync(command, [...parameters, 'sh', '-c', trial], {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' },
  });
  if (error !== undefined) return error.message;
  return status === 0 ? undefined : (stderr.trim().split('\n').at(-1) ?? 'no reason given');
}

function setting(path: string): number | undefined {
  const text = read(`/proc/sys/${path}`);
  return text === undefined ? undefined : Number(text);
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
