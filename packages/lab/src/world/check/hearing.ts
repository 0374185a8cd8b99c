/**
 * Who believes whom in a world, told from the configurations alone: what the checkers hold the routers against.
 *
 * Written again, simply, and not taken from the router: a mistake in it must not be in its judge as well.
 */
import { type InterfaceConfiguration, infinity, interfaceConfiguration, type PolicyRule } from '@ripstop/rip';
import {
  ipv4ToNumber,
  maskFromLength,
  type Prefix,
  prefixAddress,
  prefixContains,
  prefixLength,
  prefixOf,
} from '@ripstop/wire';
import type { RouterPort } from '../port.ts';
import type { RouterNode } from '../router-node.ts';
import type { World } from '../world.ts';

/** One router's interface as a place where RIP is spoken. */
export interface Speaker {
  readonly node: RouterNode;
  readonly port: RouterPort;
  readonly configuration: InterfaceConfiguration;
}

/** All running interfaces of running routers that speak RIP. */
export function speakers(world: World): Speaker[] {
  return world.routers.flatMap((node) =>
    [...node.ports.values()].flatMap((port): Speaker[] => {
      const configuration = interfaceConfiguration(node.configuration, port.interface);
      const speaks = configuration !== undefined && node.state === 'running' && port.segment.isRunning(port);
      return speaks ? [{ node, port, configuration }] : [];
    }),
  );
}

/** Whether `to` believes the responses of `from`. */
export function hears(from: Speaker, to: Speaker): boolean {
  return (
    from.port.segment === to.port.segment &&
    from.port.segment.connects(from.port, to.port) &&
    isSending(from.configuration) &&
    !to.configuration.noListen &&
    haveCommonSubnet(from, to) &&
    reaches(from, to) &&
    understands(from.configuration, to.configuration) &&
    from.configuration.authentication?.name === to.configuration.authentication?.name &&
    (from.configuration.ttlSecurity || !to.configuration.ttlSecurity)
  );
}

/** The metric that `to` gives a route which `from` has with `metric`; 16: it does not get it. */
export function metricHeard(from: Speaker, to: Speaker, prefix: Prefix, metric: number): number {
  const said = judged(from, 'out', undefined, prefix, metric);
  if (said === undefined || said >= infinity) return infinity;
  const heard = Math.min(said + to.configuration.cost, infinity);
  if (heard === infinity) return infinity;
  return judged(to, 'in', from.port.addresses[0]?.address, prefix, heard) ?? infinity;
}

/** Whether the router must not speak of a prefix on this interface, except as unreachable. */
export function isForbidden(speaker: Speaker, prefix: Prefix): boolean {
  return judged(speaker, 'out', undefined, prefix, 1) === undefined;
}

export const defaultPrefix: Prefix = '0.0.0.0/0';

/** Whether the router says that it is the way to everywhere. Kernels of a world have no default route from elsewhere. */
export function originatesDefault({ state, configuration }: RouterNode): boolean {
  return state === 'running' && configuration.originateDefaultRoute?.when === 'always';
}

/** The subnets of a running interface. */
export function subnetsOf(port: RouterPort): Prefix[] {
  return port.addresses.map(({ address, prefixLength: length }) => prefixOf(address, length));
}

function isSending({ passive, sendVersion }: InterfaceConfiguration): boolean {
  return !passive && sendVersion !== 'none';
}

/** RFC 2453 §3.9.2: who is on none of our subnets is not believed. */
function haveCommonSubnet(from: Speaker, to: Speaker): boolean {
  const prefixes = subnetsOf(to.port);
  return from.port.addresses.some(({ address }) =>
    prefixes.some((prefix) => prefixContains(prefix, address)),
  );
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
  { node, port }: Speaker,
  direction: 'in' | 'out',
  neighbor: string | undefined,
  prefix: Prefix,
  metric: number,
): number | undefined {
  const rule = node.configuration.policy.find(
    (each) =>
      each.direction === direction &&
      (each.interface === undefined || each.interface === port.interface) &&
      (each.neighbor === undefined || each.neighbor === neighbor) &&
      each.tag === undefined &&
      holds(each, prefix),
  );
  if (rule === undefined) return metric;
  if (rule.action === 'reject') return undefined;
  return Math.min((rule.set.metric ?? metric) + (rule.set.addMetric ?? 0), infinity);
}

function holds({ prefixSet }: PolicyRule, prefix: Prefix): boolean {
  if (prefixSet === undefined) return true;
  const address = ipv4ToNumber(prefixAddress(prefix)) ?? 0;
  const length = prefixLength(prefix);
  return prefixSet.ranges.some((range) => {
    const mask = maskFromLength(prefixLength(range.prefix));
    const network = ipv4ToNumber(prefixAddress(range.prefix)) ?? 0;
    return length >= range.shortest && length <= range.longest && (address & mask) >>> 0 === network;
  });
}
