/**
 * Why a protocol is not spoken on interfaces that are there and configured, as far as the host knows. Before this file:
 * `router/interfaces`. After it: `instance`, for `ripctl`.
 */
import { type InterfaceSnapshot, interfaceConfiguration, type RouterConfiguration } from '@ripstop/rip';
import type { DuplicateAddress, IdleInterface } from '@ripstop/router';
import type { NamespaceReference } from '@ripstop/socket';
import type { AddressFamily } from '@ripstop/wire';
import type { IdleStatus } from '../control/control-protocol.ts';
import { networkSetting } from './network-setting.ts';
import { disablingSetting } from './network-warnings.ts';

/** RFC 8200 §5. Linux: an interface with less has no IPv6. */
const IPV6_MTU_MIN = 1_280;

/** What the runtime knows of the host. */
interface HostInterfaces {
  readonly idle: readonly IdleInterface[];
  readonly duplicates: readonly DuplicateAddress[];
}

/** Those that the configuration names, with the reason. */
export function idleInterfaces(
  { idle, duplicates }: HostInterfaces,
  configuration: RouterConfiguration,
  family: AddressFamily,
  namespace: NamespaceReference | undefined,
): readonly IdleStatus[] {
  return idle
    .filter(({ name }) => interfaceConfiguration(configuration, name) !== undefined)
    .map((each) => ({
      interface: each.name,
      reason: linkReason(each) ?? addressReason(each, duplicates, family, namespace),
    }));
}

/** Of an interface that has addresses, but none that RIPng can speak from. */
export function explained(
  each: InterfaceSnapshot,
  duplicates: readonly DuplicateAddress[],
): InterfaceSnapshot {
  const reason = each.state === 'no-address' ? duplicateReason(each.name, duplicates) : undefined;
  return reason === undefined ? each : { ...each, reason };
}

function linkReason({ reason }: IdleInterface): string | undefined {
  if (reason === 'down') return 'it is down';
  return reason === 'no-carrier' ? 'it has no carrier' : undefined;
}

function addressReason(
  { name, mtu }: IdleInterface,
  duplicates: readonly DuplicateAddress[],
  family: AddressFamily,
  namespace: NamespaceReference | undefined,
): string {
  if (family === 'ipv4') return 'it has no IPv4 address';
  if (mtu < IPV6_MTU_MIN) return `its MTU is ${mtu}, and IPv6 needs ${IPV6_MTU_MIN}`;
  if (networkSetting(namespace, `ipv6/conf/${name}/disable_ipv6`) === 1)
    return `IPv6 is disabled: ${disablingSetting(name)} is 1`;
  return duplicateReason(name, duplicates) ?? 'it has no IPv6 address that can be used';
}

function duplicateReason(name: string, duplicates: readonly DuplicateAddress[]): string | undefined {
  const addresses = duplicates.flatMap((each) => (each.interface === name ? [each.address] : []));
  return addresses.length === 0 ? undefined : `other hosts on the link use ${addresses.join(', ')}`;
}
