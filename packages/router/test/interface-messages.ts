/** What the kernel tells of links and addresses, as the tests of `Interfaces` have it. */
import { type AddressMessage, type LinkMessage, linkFlags } from '@ripstop/netlink';
import type { InterfaceNotification } from '../src/interfaces.ts';

const { up, running } = linkFlags.masks;

/** Up and with carrier, if nothing else is given. */
export function link(index: number, name: string, changes: Partial<LinkMessage> = {}): LinkMessage {
  const header = { family: 'unspecified', type: 1, index, flags: up | running, change: 0 };
  return { ...header, name, mtu: 1500, ...changes } as LinkMessage;
}

/** @param text `10.0.0.1/24` */
export function address(index: number, text: string, changes: Partial<AddressMessage> = {}): AddressMessage {
  const [own, length] = text.split('/');
  const header = {
    family: 'ipv4',
    prefixLength: Number(length),
    headerFlags: 0,
    scope: 'global',
    interfaceIndex: index,
  };
  return { ...header, address: own, local: own, flags: 0, ...changes } as AddressMessage;
}

function told(
  object: 'link' | 'address',
  operation: 'new' | 'delete',
  message: object,
): InterfaceNotification {
  return { object, operation, flags: 0, sequence: 0, portId: 0, message } as InterfaceNotification;
}
export const newLink = (message: LinkMessage) => told('link', 'new', message);
export const deletedLink = (message: LinkMessage) => told('link', 'delete', message);
export const newAddress = (message: AddressMessage) => told('address', 'new', message);
export const deletedAddress = (message: AddressMessage) => told('address', 'delete', message);
