/**
 * What in the host keeps a router from starting, with the remedy. Before this file: `daemon`, `instance`. What only keeps
 * traffic from flowing is told by `network-warnings`.
 */
import { readFileSync } from 'node:fs';
import type { DigestAlgorithm, Protocol, RouterConfiguration } from '@ripstop/rip';
import { missingDigests } from '@ripstop/router';
import type { NamespaceReference } from '@ripstop/socket';
import { StartError } from '../start-error.ts';
import { networkSetting } from './network-setting.ts';

/** Bits of a capability set, linux/capability.h. */
const CAP_NET_BIND_SERVICE = 10n;
const CAP_NET_ADMIN = 12n;
const CAP_SYS_ADMIN = 21n;

/**
 * @param protocols that will be spoken
 * @throws StartError that names the missing right
 */
export function requireCapabilities(
  protocols: readonly Protocol[],
  namespace: NamespaceReference | undefined,
): void {
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
  // Linux: it counts for IPv6, too.
  const firstFree = networkSetting(namespace, 'ipv4/ip_unprivileged_port_start');
  const privileged = protocols.map(({ port }) => port).filter((port) => port < firstFree);
  if (privileged.length > 0 && !has(CAP_NET_BIND_SERVICE)) {
    throw new StartError(
      'MISSING_RIGHT',
      `CAP_NET_BIND_SERVICE is needed for UDP port ${privileged.join(' and ')}: ${remedy}`,
    );
  }
}

/** @throws StartError if the kernel does not know the protocol's address family */
export function requireFamily({ name, family }: Protocol, namespace: NamespaceReference | undefined): void {
  // Linux: with ipv6.disable=1, and without the module, these settings are not there.
  if (family === 'ipv4' || !Number.isNaN(networkSetting(namespace, 'ipv6/conf/all/forwarding'))) return;
  const remedy = `boot without ipv6.disable=1, load the module ipv6, or take ${name} out of the configuration`;
  throw new StartError('NO_IPV6', `this kernel has no IPv6: ${remedy}`);
}

/** @throws StartError if a key needs a digest that this system does not have, as MD5 in FIPS mode */
export function requireDigests(configuration: RouterConfiguration): void {
  const keys = Object.values(configuration.interfaces).flatMap(
    ({ authentication }) => authentication?.keys ?? [],
  );
  const wanted = keys.flatMap(({ algorithm }) =>
    algorithm === 'clear-text' ? [] : [algorithm.replace('hmac-', '') as DigestAlgorithm],
  );
  const missing = missingDigests(wanted);
  if (missing.length === 0) return;
  const remedy = 'use keys with another crypto-algorithm';
  throw new StartError('NO_DIGEST', `this system cannot compute ${missing.join(', ')}: ${remedy}`);
}
