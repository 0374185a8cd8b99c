/**
 * What a file means: our own names and units, timers inherited, key chains and prefix sets put in where the file names
 * them. Before: `schema`. After: `Daemon` and `Router`.
 */
import {
  defaultLimits,
  defaultTimers,
  type InterfaceConfiguration,
  type KeyChain,
  type PolicyRule,
  type Timers,
} from '@ripstop/rip';
import type { RedistributionRule } from '@ripstop/router';
import type { DaemonConfiguration, ProtocolConfiguration } from '../configuration.ts';
import type { AuthenticationSection } from './key-chains.ts';
import type { FileContents } from './schema.ts';

type InstanceSection = NonNullable<FileContents['rip' | 'ripng']>;
type InterfaceSection = InstanceSection['interfaces'][string];
type RuleSection = InstanceSection['policy'][number];
type RedistributionSection = InstanceSection['redistribute'][number];

export function daemonConfiguration(file: FileContents): DaemonConfiguration {
  const { kernel, control, log } = file;
  return {
    namespace: file.netns,
    stateDirectory: file['state-directory'],
    control: { ...control, mode: Number.parseInt(control.mode, 8) },
    log: { level: log.level, format: log.format },
    kernel: {
      table: kernel.table,
      metric: kernel.metric,
      protocol: kernel.protocol,
      onExit: kernel['on-exit'],
      staleTime: kernel['stale-time'],
    },
    rip: file.rip && protocolConfiguration(file.rip, file),
    ripng: file.ripng && protocolConfiguration(file.ripng, file),
  };
}

function protocolConfiguration(instance: InstanceSection, file: FileContents): ProtocolConfiguration {
  const { enabled, metric, when } = instance['originate-default-route'];
  const timers = withTimers(defaultTimers, instance.timers);
  const interfaces = Object.entries(instance.interfaces).map(
    ([name, keys]): [string, InterfaceConfiguration] => [name, interfaceConfiguration(keys, timers, file)],
  );
  return {
    maximumPaths: instance['maximum-paths'],
    defaultMetric: instance['default-metric'],
    triggeredUpdateDelay: instance['triggered-update-delay'],
    originateDefaultRoute: enabled ? { metric, when } : undefined,
    redistribution: {
      rules: instance.redistribute.map((rule) => redistributionRule(rule, file)),
      mostPerRule: instance.limits['redistributed-routes'],
    },
    policy: instance.policy.map((rule) => policyRule(rule, file)),
    limits: {
      ...defaultLimits,
      neighborsPerInterface: instance.limits['neighbors-per-interface'],
      routesPerNeighbor: instance.limits['routes-per-neighbor'],
    },
    interfaces: Object.fromEntries(interfaces),
  };
}

function interfaceConfiguration(
  keys: InterfaceSection,
  instance: Timers,
  file: FileContents,
): InterfaceConfiguration {
  return {
    cost: keys.cost,
    passive: keys.passive,
    noListen: keys['no-listen'],
    splitHorizon: keys['split-horizon'],
    sendVersion: keys['send-version'],
    receiveVersion: keys['receive-version'],
    neighbors: keys.neighbors,
    multicast: keys.multicast,
    validateSource: keys['validate-source'],
    authentication: keys.authentication && keyChain(keys.authentication, file),
    ttlSecurity: keys['ttl-security'],
    timers: withTimers(instance, keys.timers),
  };
}

function withTimers(inherited: Timers, given: InterfaceSection['timers']): Timers {
  return {
    update: given.update ?? inherited.update,
    timeout: given.timeout ?? inherited.timeout,
    garbageCollection: given['garbage-collection'] ?? inherited.garbageCollection,
  };
}

function keyChain(section: AuthenticationSection, file: FileContents): KeyChain {
  const { md5Length } = section;
  if ('key' in section) return { name: 'inline', keys: [section.key.key], md5Length };
  const { name, keys } = defined(file['key-chains'], section.chain);
  return { name, keys: keys.map(({ key }) => key), md5Length };
}

function policyRule(rule: RuleSection, file: FileContents): PolicyRule {
  const { direction, interface: name, neighbor, 'prefix-set': set, tag, action } = rule;
  return {
    direction,
    interface: name,
    neighbor,
    prefixSet: set === undefined ? undefined : defined(file['prefix-sets'], set),
    tag,
    action,
    set: { metric: rule.set.metric, addMetric: rule.set['add-metric'], tag: rule.set.tag },
  };
}

function redistributionRule(rule: RedistributionSection, file: FileContents): RedistributionRule {
  const { source, metric, tag, 'prefix-set': set, table, types } = rule;
  return {
    ...source,
    metric,
    tag,
    prefixSet: set === undefined ? undefined : defined(file['prefix-sets'], set),
    table: table ?? file.kernel.table,
    types: types ?? ['unicast'],
  };
}

/** What a name stands for: the schema accepts no name that stands for nothing. */
function defined<Named extends { readonly name: string }>(all: readonly Named[], name: string): Named {
  const found = all.find((candidate) => candidate.name === name);
  if (found === undefined) throw new TypeError(`nothing is named ${name}`);
  return found;
}
