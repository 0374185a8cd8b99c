/** What in the host keeps a router from doing its work: told at start, with the remedy. */
import { readFileSync } from 'node:fs';
import { type DigestAlgorithm, type RouterConfiguration, ripPort } from '@ripstop/rip';
import { missingDigests } from '@ripstop/router';
import { type NamespaceReference, withNamespace } from '@ripstop/socket';
import { StartError } from '../start-error.ts';

/** Bits of a capability set, linux/capability.h. */
const CAP_NET_BIND_SERVICE = 10n;
const CAP_NET_ADMIN = 12n;
const CAP_SYS_ADMIN = 21n;

/** @throws StartError that names the missing right */
export function requireCapabilities(namespace: NamespaceReference | undefined): void {
  const effective = BigInt(
    `0x${/^CapEff:\s*(\w+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0'}`,
  );
  const has = (capability: bigint): boolean => ((effective >> capability) & 1n) === 1n;
  const remedy = 'run as root, or give it to the process (systemd: AmbientCapabilities=)';
  if (!has(CAP_NET_ADMIN))
    throw new StartError('MISSING_RIGHT', `CAP_NET_ADMIN is needed to change the kernel's routes: ${remedy}`);
  if (namespace !== undefined && !has(CAP_SYS_ADMIN)) {
    throw new StartError(
      'MISSING_RIGHT',
      `CAP_SYS_ADMIN is needed to enter network namespace ${namespace}: ${remedy}`,
    );
  }
  if (setting(namespace, 'ip_unprivileged_port_start') > ripPort && !has(CAP_NET_BIND_SERVICE)) {
    throw new StartError(
      'MISSING_RIGHT',
      `CAP_NET_BIND_SERVICE is needed for UDP port ${ripPort}: ${remedy}`,
    );
  }
}

/** @throws StartError if a key needs a digest that this system does not have, as MD5 in FIPS mode */
export function requireDigests({ interfaces }: RouterConfiguration): void {
  const keys = Object.values(interfaces).flatMap(({ authentication }) => authentication?.keys ?? []);
  const wanted = keys.flatMap(({ algorithm }) =>
    algorithm === 'clear-text' ? [] : [algorithm.replace('hmac-', '') as DigestAlgorithm],
  );
  const missing = missingDigests(wanted);
  if (missing.length === 0) return;
  const remedy = 'use keys with another crypto-algorithm';
  throw new StartError('NO_DIGEST', `this system cannot compute ${missing.join(', ')}: ${remedy}`);
}

/** Settings of the namespace's network stack with which RIP runs, but traffic does not. */
export function networkWarnings(
  namespace: NamespaceReference | undefined,
  interfaces: readonly string[],
): string[] {
  const warnings: string[] = [];
  const read = (name: string): number => setting(namespace, name);
  if (read('ip_forward') === 0) {
    warnings.push(
      'net.ipv4.ip_forward is 0: routes are learned and announced, but packets end here; set it to 1',
    );
  }
  const all = read('conf/all/rp_filter');
  const strict = interfaces.filter((name) => Math.max(all, read(`conf/${name}/rp_filter`)) === 1);
  if (all === 1 || strict.length > 0) {
    const where = all === 1 ? 'all interfaces' : strict.join(', ');
    warnings.push(
      `rp_filter is strict on ${where}: packets whose way back leads elsewhere are dropped; ` +
        'set net.ipv4.conf.all.rp_filter to 2, or to 0 everywhere',
    );
  }
  return warnings;
}

/** Of the namespace's network stack; NaN if it is not there: an interface is gone, or /proc is hidden. */
function setting(namespace: NamespaceReference | undefined, name: string): number {
  return withNamespace(namespace, () => {
    try {
      return Number(readFileSync(`/proc/sys/net/ipv4/${name}`, 'utf8'));
    } catch {
      return Number.NaN;
    }
  });
}
