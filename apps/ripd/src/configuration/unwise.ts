/**
 * What a configuration allows though it is hardly meant: warnings, not mistakes. Before: `file`. Keys have a file of their
 * own, `unwise-keys`.
 */
import {
  type InterfaceConfiguration,
  namesInterface,
  type RouterConfiguration,
  type Timers,
} from '@ripstop/rip';
import type { Path } from './place.ts';

/** Something unwise, and where it is written. */
export interface Warning {
  readonly path: Path;
  readonly text: string;
}

export function unwiseInterfaces({ interfaces }: RouterConfiguration): Warning[] {
  return Object.entries(interfaces).flatMap(([name, configuration]) => {
    const path = ['rip', 'interfaces', name];
    return [...timerWarnings(configuration.timers), ...interfaceWarnings(configuration)].map(
      ([key, text]) => ({
        path: [...path, key],
        text: `${name}: ${text}`,
      }),
    );
  });
}

/** Rules that can never match. */
export function unwisePolicy({ policy, interfaces }: RouterConfiguration): Warning[] {
  const names = Object.keys(interfaces);
  const neighbors = new Set(Object.values(interfaces).flatMap((configuration) => configuration.neighbors));
  return policy.flatMap(({ direction, interface: named, neighbor }, at): Warning[] => {
    const path = ['rip', 'policy', at];
    const warnings: Warning[] = [];
    if (named !== undefined && !names.some((name) => mayMeet(named, name))) {
      warnings.push({
        path: [...path, 'interface'],
        text: `no configured interface is named ${named}: the rule does nothing`,
      });
    }
    if (direction === 'out' && neighbor !== undefined && !neighbors.has(neighbor)) {
      warnings.push({
        path: [...path, 'neighbor'],
        text: `no interface has ${neighbor} among its neighbors: the rule does nothing, as updates to a group are for no neighbor`,
      });
    }
    return warnings;
  });
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
  const { receiveVersion, neighbors, authentication } = configuration;
  const silent = silencingKey(configuration);
  const deaf = deafeningKey(configuration);
  const warnings: KeyedText[] = [];
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

/** Whether there may be an interface that both stand for. Of two patterns nobody knows. */
function mayMeet(one: string, other: string): boolean {
  const isPattern = (name: string): boolean => /[*?[]/.test(name);
  return namesInterface(one, other) || namesInterface(other, one) || (isPattern(one) && isPattern(other));
}
