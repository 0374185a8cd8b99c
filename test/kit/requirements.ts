/**
 * Programs of others that a test needs. Where one is missing the test is skipped, and a line says so; where they must be
 * there (CI sets CI=1; RIPSTOP_REQUIRE_INTEROP=1 does the same) a missing one is a failure.
 */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, readFileSync, writeSync } from 'node:fs';
import { delimiter } from 'node:path';

export interface Requirement {
  readonly name: string;
  /** Absolute paths, or names that are looked up. */
  readonly programs: readonly string[];
  /** Debian's. */
  readonly package: string;
  /** It gives up being root, which takes a system that has other users: a user namespace has none. */
  readonly otherUsers?: boolean;
}

export const frr: Requirement = {
  name: 'FRR',
  programs: ['/usr/lib/frr/zebra', '/usr/lib/frr/ripd', '/usr/lib/frr/ripngd', 'vtysh'],
  package: 'frr',
  otherUsers: true,
};
export const bird: Requirement = { name: 'BIRD', programs: ['bird', 'birdc'], package: 'bird2' };
export const tshark: Requirement = { name: 'tshark', programs: ['tshark', 'dumpcap'], package: 'tshark' };
export const gcc: Requirement = { name: 'gcc', programs: ['gcc'], package: 'gcc' };
export const ping: Requirement = { name: 'ping', programs: ['ping'], package: 'iputils-ping' };

/** Debian's daemons live where an ordinary user's PATH does not lead. */
const searchPath = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'];

/**
 * Whether all of it is installed; prints a line for everything that is not.
 * @param wanting what is skipped otherwise
 * @throws Error if something is missing that must be there
 */
export function installed(wanting: string, ...requirements: readonly Requirement[]): boolean {
  const lines = requirements.flatMap((requirement) => {
    const obstacle = obstacleTo(requirement);
    return obstacle === undefined ? [] : [`${requirement.name} ${obstacle}, wanted by ${wanting}`];
  });
  return mayRun(lines);
}

/**
 * Whether nothing is missing; prints a line for everything that is.
 * @param missing what, and who wants it
 * @throws Error if something is missing that must be there
 */
export function mayRun(missing: readonly string[]): boolean {
  const strict = [process.env.CI, process.env.RIPSTOP_REQUIRE_INTEROP].some(
    (value) => value !== undefined && value !== '' && value !== '0' && value !== 'false',
  );
  if (strict && missing.length > 0) throw new Error(missing.join('\n'));
  for (const line of missing) writeSync(2, `skipped: ${line}\n`);
  return missing.length === 0;
}

/**
 * Whether the kernel encrypts IPv6; prints a line if not. Never a failure: it is no program that could be installed.
 * @param wanting what is skipped otherwise
 */
export function encrypts(wanting: string): boolean {
  const key = ['auth', 'digest_null', '', 'enc', 'cipher_null', ''];
  const state = ['src', '::', 'dst', '::1', 'proto', 'esp', 'spi', '0x521', 'mode', 'transport', ...key];
  const trial = ['--net', 'ip', 'xfrm', 'state', 'add', ...state];
  const { status, stderr } = spawnSync('unshare', trial, { encoding: 'utf8' });
  if (status === 0) return true;
  writeSync(2, `skipped: the kernel has no ESP for IPv6 (${stderr.trim()}), wanted by ${wanting}\n`);
  return false;
}

function obstacleTo({ programs, package: name, otherUsers }: Requirement): string | undefined {
  if (!programs.every(isExecutable)) return `is not installed (Debian package ${name})`;
  return otherUsers && !hasOtherUsers()
    ? 'needs users other than root, which this namespace lacks'
    : undefined;
}

/** The first map line of a user namespace that an ordinary user made covers one user: itself. */
function hasOtherUsers(): boolean {
  return !/^\s*0\s+\d+\s+1\s*$/.test(readFileSync('/proc/self/uid_map', 'utf8'));
}

function isExecutable(program: string): boolean {
  const paths = program.startsWith('/') ? [program] : searchPath.map((folder) => `${folder}/${program}`);
  return paths.some((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
