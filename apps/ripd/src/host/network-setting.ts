/** Settings of a namespace's network stack: `/proc/sys/net`, ip-sysctl.rst of the kernel's documentation. */
import { readdirSync, readFileSync } from 'node:fs';
import { type NamespaceReference, withNamespace } from '@ripstop/socket';
import type { AddressFamily } from '@ripstop/wire';

const ROOT = '/proc/sys/net';

/**
 * @param name below `/proc/sys/net`: `ipv4/ip_forward`
 * @returns NaN if it is not there: an interface is gone, or /proc is hidden
 */
export function networkSetting(namespace: NamespaceReference | undefined, name: string): number {
  return withNamespace(namespace, () => {
    try {
      return Number(readFileSync(`${ROOT}/${name}`, 'utf8'));
    } catch {
      return Number.NaN;
    }
  });
}

/** The interfaces that have settings of a family, those that are down among them. */
export function interfacesWithSettings(
  namespace: NamespaceReference | undefined,
  family: AddressFamily,
): string[] {
  return withNamespace(namespace, () => {
    try {
      return readdirSync(`${ROOT}/${family}/conf`).filter((name) => name !== 'all' && name !== 'default');
    } catch {
      return [];
    }
  });
}
