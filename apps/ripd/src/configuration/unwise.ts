/**
 * What a configuration allows though it is hardly meant: warnings, not mistakes. Here those about interfaces; the kernel,
 * keys, policy rules and redistribution have files of their own. Before: `file`.
 */
import {
  type InterfaceConfiguration,
  infinity,
  type PrefixSet,
  type Protocol,
  type Timers,
} from '@ripstop/rip';
import { type AddressFamily, addressFamily, prefixAddress } from '@ripstop/wire';
import type { InstanceConfiguration } from '../configuration.ts';
import type { Path } from './place.ts';

/** IFNAMSIZ without the end of the text, linux/if.h. */
const NAME_BYTES_MAX = 15;
/** As `namesInterface` reads it. */
const CHARACTER_CLASS = /\[[!^]?\]?[^\]]*\]/g;

/** Something unwise, and where it is written. */
export interface Warning {
  readonly path: Path;
  readonly text: string;
}

export function unwiseInterfaces({ protocol, router }: InstanceConfiguration): Warning[] {
  return Object.entries(router.interfaces).flatMap(([name, configuration]) => {
    const path = [protocol.name, 'interfaces', name];
    const keyed = [
      ...timerWarnings(configuration.timers),
      ...interfaceWarnings(configuration),
      ...(protocol.name === 'rip' ? ripWarnings(configuration) : []),
    ];
    return [
      ...nameWarnings(name).map((text) => ({ path, text: `${name}: ${text}` })),
      ...keyed.map(([key, text]) => ({ path: [...path, key], text: `${name}: ${text}` })),
    ];
  });
}

/** What is hardly meant in a name or a pattern of interfaces. */
export function nameWarnings(name: string): string[] {
  if (isPattern(name)) {
    const unclosed = name.replaceAll(CHARACTER_CLASS, '').includes('[');
    return unclosed ? ['the [ is never closed: it stands for itself'] : [];
  }
  const isTooLong = Buffer.byteLength(name) > NAME_BYTES_MAX;
  return isTooLong ? [`no interface can have a name of more than ${NAME_BYTES_MAX} bytes`] : [];
}

const familyNames: Readonly<Record<AddressFamily, string>> = { ipv4: 'IPv4', ipv6: 'IPv6' };

/** Why a rule with this prefix set does nothing; undefined: it may do something. */
export function emptinessOf({ name, ranges }: PrefixSet, { family }: Protocol): string | undefined {
  const isOfUse = ranges.some(({ prefix }) => addressFamily(prefixAddress(prefix)) === family);
  return isOfUse ? undefined : `${name} holds no ${familyNames[family]} prefix: the rule does nothing`;
}

/** Whether it may be the name of several interfaces. */
export function isPattern(name: string): boolean {
  return /[*?[]/.test(name);
}

type KeyedText = readonly [key: string, text: string];

function timerWarnings({ timeout, update }: Timers): KeyedText[] {
  if (timeout > update) return [];
  const [late, each] = [timeout / 1_000, update / 1_000];
  return [
    ['timers', `a timeout of ${late} s is not above the update interval of ${each} s: routes will flap`],
  ];
}

function interfaceWarnings(configuration: InterfaceConfiguration): KeyedText[] {
  const { neighbors } = configuration;
  const silent = silencingKey(configuration);
  const deaf = deafeningKey(configuration);
  const warnings: KeyedText[] = [];
  if (configuration.cost >= infinity) {
    warnings.push(['cost', `a cost of ${infinity} makes every route unreachable: nothing is learned`]);
  }
  if (silent !== undefined && deaf !== undefined) {
    warnings.push([
      silent,
      `nothing is sent (${silent}), nothing is learned (${deaf}): RIP does nothing here`,
    ]);
  }
  if (silent !== undefined && neighbors.length > 0) {
    warnings.push(['neighbors', `no updates are sent (${silent}), not to the neighbors either`]);
  }
  if (silent === undefined && !configuration.multicast && neighbors.length === 0) {
    warnings.push(['multicast', 'multicast is false and there are no neighbors: nobody gets an update']);
  }
  return warnings;
}

/** About keys that RIPng has not, or that mean something else there. */
function ripWarnings(configuration: InterfaceConfiguration): KeyedText[] {
  const { receiveVersion, neighbors, authentication } = configuration;
  const warnings: KeyedText[] = [];
  if (!configuration.validateSource && authentication === undefined) {
    warnings.push([
      'validate-source',
      'validate-source is false without authentication: whoever reaches UDP port 520 can announce routes',
    ]);
  }
  if (authentication !== undefined && receiveVersion === '1') {
    warnings.push([
      'receive-version',
      'RIPv1 packets are refused where there is authentication (RFC 2453 §5.2): nothing is learned',
    ]);
  }
  if (authentication !== undefined && receiveVersion === '1-or-2') {
    warnings.push([
      'receive-version',
      'RIPv1 packets are refused where there is authentication (RFC 2453 §5.2)',
    ]);
  }
  if (configuration.ttlSecurity && neighbors.length > 0) {
    warnings.push(['ttl-security', 'ttl-security with neighbors: one that is not on the link is not heard']);
  }
  return warnings;
}

/** What keeps an interface from sending updates, if something does. */
function silencingKey({ passive, sendVersion }: InterfaceConfiguration): string | undefined {
  if (passive) return 'passive';
  return sendVersion === 'none' ? 'send-version' : undefined;
}

/** What keeps an interface from learning, if something does. */
function deafeningKey({ noListen, receiveVersion }: InterfaceConfiguration): string | undefined {
  if (noListen) return 'no-listen';
  return receiveVersion === 'none' ? 'receive-version' : undefined;
}
