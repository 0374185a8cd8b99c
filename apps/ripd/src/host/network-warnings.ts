/**
 * Settings of the host with which a protocol runs, but traffic does not, or not everywhere: told at start, with the remedy.
 * Before this file: `instance`.
 */
import { interfaceConfiguration } from '@ripstop/rip';
import type { NamespaceReference } from '@ripstop/socket';
import type { InstanceConfiguration } from '../configuration.ts';
import { interfacesWithSettings, networkSetting } from './network-setting.ts';

export function networkWarnings(
  { protocol, router }: InstanceConfiguration,
  namespace: NamespaceReference | undefined,
): string[] {
  const { family } = protocol;
  const read = (name: string): number => networkSetting(namespace, `${family}/${name}`);
  const names = interfacesWithSettings(namespace, family).filter(
    (name) => name !== 'lo' && interfaceConfiguration(router, name) !== undefined,
  );
  const own = family === 'ipv4' ? strictReversePath(names, read) : disabledInterfaces(names, read);
  return [...forwarding(family === 'ipv4' ? 'ip_forward' : 'conf/all/forwarding', read, family), ...own];
}

type Read = (name: string) => number;

function forwarding(setting: string, read: Read, family: string): string[] {
  if (read(setting) !== 0) return [];
  const name = `net.${family}.${setting.replaceAll('/', '.')}`;
  return [`${name} is 0: routes are learned and announced, but packets end here; set it to 1`];
}

/** Linux: of an interface the stricter of its own setting and that of all counts; IPv6 has no such setting. */
function strictReversePath(names: readonly string[], read: Read): string[] {
  const all = read('conf/all/rp_filter');
  const strict = names.filter((name) => Math.max(all, read(`conf/${name}/rp_filter`)) === 1);
  if (all !== 1 && strict.length === 0) return [];
  const where = all === 1 ? 'all interfaces' : strict.join(', ');
  return [
    `rp_filter is strict on ${where}: packets whose way back leads elsewhere are dropped; ` +
      'set net.ipv4.conf.all.rp_filter to 2, or to 0 everywhere',
  ];
}

function disabledInterfaces(names: readonly string[], read: Read): string[] {
  return names
    .filter((name) => read(`conf/${name}/disable_ipv6`) === 1)
    .map(
      (name) => `IPv6 is disabled on ${name}: RIPng does not run there until ${disablingSetting(name)} is 0`,
    );
}

/** What keeps IPv6 from an interface. sysctl(8): a dot in a name is written as a slash. */
export function disablingSetting(name: string): string {
  return `net.ipv6.conf.${name.replaceAll('.', '/')}.disable_ipv6`;
}
