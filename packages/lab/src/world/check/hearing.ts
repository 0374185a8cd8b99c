/**
 * Who believes whom in a world, told from the configurations alone: what the checkers hold the routers against.
 *
 * Written again, simply, and not taken from the router: a mistake in it must not be in its judge as well.
 */
import {
  type InterfaceConfiguration,
  infinity,
  interfaceConfiguration,
  type PolicyRule,
  type Protocol,
} from '@ripstop/rip';
import { type Prefix, prefixAddress, prefixContains, prefixLength, prefixOf } from '@ripstop/wire';
import { isLinkLocal, type RouterPort } from '../port.ts';
import type { RouterNode } from '../router-node.ts';
import type { World } from '../world.ts';

/** One router's interface as a place where a protocol is spoken. */
export interface Speaker {
  readonly protocol: Protocol;
  readonly node: RouterNode;
  readonly port: RouterPort;
  readonly configuration: InterfaceConfiguration;
}

/** All running interfaces of running routers that speak a protocol. */
export function speakers(world: World, protocol: Protocol): Speaker[] {
  return world.routers.filter((node) => node.speaks(protocol)).flatMap((node) => speakersOn(node, protocol));
}

function speakersOn(node: RouterNode, protocol: Protocol): Speaker[] {
  const whole = node.configurations[protocol.name];
  return [...node.ports.values()].flatMap((port) => {
    const configuration = whole && interfaceConfiguration(whole, port.interface);
    const speaks = configuration !== undefined && port.segment.isRunning(port);
    return speaks ? [{ protocol, node, port, configuration }] : [];
  });
}

/** Whether `to` believes the responses of `from`. */
export function hears(from: Speaker, to: Speaker): boolean {
  return (
    from.node !== to.node &&
    from.port.segment === to.port.segment &&
    from.port.segment.connects(from.port, to.port) &&
    isSending(from.configuration) &&
    !to.configuration.noListen &&
    areNeighbors(from, to) &&
    reaches(from, to) &&
    understands(from.configuration, to.configuration) &&
    from.configuration.authentication?.name === to.configuration.authentication?.name &&
    (from.protocol.name === 'ripng' || from.configuration.ttlSecurity || !to.configuration.ttlSecurity)
  );
}

/** The metric that `to` gives a route which `from` has with `metric`; 16: it does not get it. */
export function metricHeard(from: Speaker, to: Speaker, prefix: Prefix, metric: number): number {
  const said = judged(from, 'out', undefined, prefix, metric);
  if (said === undefined || said >= infinity) return infinity;
  const heard = Math.min(said + to.configuration.cost, infinity);
  if (heard === infinity) return infinity;
  return judged(to, 'in', from.port, prefix, heard) ?? infinity;
}

/** Whether the router must not speak of a prefix on this interface, except as unreachable. */
export function isForbidden(speaker: Speaker, prefix: Prefix): boolean {
  return judged(speaker, 'out', undefined, prefix, 1) === undefined;
}

/** Whether the router says that it is the way to everywhere. Kernels of a world have no default route from elsewhere. */
export function originatesDefault(node: RouterNode, protocol: Protocol): boolean {
  return (
    node.speaks(protocol) && node.configurations[protocol.name]?.originateDefaultRoute?.when === 'always'
  );
}

/** The subnets of a running interface that the network hears of. */
export function subnetsOf(port: RouterPort, { family }: Protocol): Prefix[] {
  const addresses = port.addresses(family).filter((one) => !isLinkLocal(one));
  return addresses.map(({ address, prefixLength: length }) => prefixOf(address, length));
}

function isSending({ passive, sendVersion }: InterfaceConfiguration): boolean {
  return !passive && sendVersion !== 'none';
}

/** RFC 2453 §3.9.2: who is on none of our subnets is not believed. RFC 2080 §2.4.2: nor is who has no link-local address. */
function areNeighbors(from: Speaker, to: Speaker): boolean {
  const { family } = to.protocol;
  const senders = from.port.addresses(family);
  if (family === 'ipv6') return [senders, to.port.addresses(family)].every((all) => all.some(isLinkLocal));
  const prefixes = subnetsOf(to.port, to.protocol);
  return senders.some(({ address }) => prefixes.some((prefix) => prefixContains(prefix, address)));
}

function reaches(from: Speaker, to: Speaker): boolean {
  return from.configuration.multicast || from.configuration.neighbors.some((address) => to.port.has(address));
}

function understands(
  { sendVersion }: InterfaceConfiguration,
  { receiveVersion }: InterfaceConfiguration,
): boolean {
  if (receiveVersion === 'none') return false;
  return receiveVersion === '1-or-2' || receiveVersion === (sendVersion === '1' ? '1' : '2');
}

function judged(
  { protocol, node, port }: Speaker,
  direction: 'in' | 'out',
  neighbor: RouterPort | undefined,
  prefix: Prefix,
  metric: number,
): number | undefined {
  const rule = node.configurations[protocol.name]?.policy.find(
    (each) =>
      each.direction === direction &&
      (each.interface === undefined || each.interface === port.interface) &&
      (each.neighbor === undefined || neighbor?.has(each.neighbor) === true) &&
      each.tag === undefined &&
      holds(each, prefix),
  );
  if (rule === undefined) return metric;
  if (rule.action === 'reject') return undefined;
  return Math.min((rule.set.metric ?? metric) + (rule.set.addMetric ?? 0), infinity);
}

function holds({ prefixSet }: PolicyRule, prefix: Prefix): boolean {
  if (prefixSet === undefined) return true;
  const length = prefixLength(prefix);
  return prefixSet.ranges.some(
    (range) =>
      length >= range.shortest &&
      length <= range.longest &&
      prefixContains(range.prefix, prefixAddress(prefix)),
  );
}
