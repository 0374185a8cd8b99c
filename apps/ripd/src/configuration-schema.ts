/**
 * The shape of the configuration file: names, defaults and limits of every key. Each check's message says what was
 * expected; `configuration-file` adds what was found, and where.
 */
import { isDeepStrictEqual } from 'node:util';
import {
  defaultInterfaceConfiguration,
  defaultRouterConfiguration,
  defaultTimers,
  type InterfaceConfiguration,
  type Millis,
  type RouterConfiguration,
} from '@ripstop/rip';
import { numberOfName } from '@ripstop/socket';
import { z } from 'zod';
import type { DaemonConfiguration } from './configuration.ts';
import { DEFAULT_CONTROL_SOCKET } from './control-protocol.ts';

const SECONDS_MAX = 86_400;
const U32_MAX = 0xffff_ffff;

function wholeNumber(lowest: number, highest: number) {
  const expected = `a whole number from ${lowest} to ${highest}`;
  return z.int(expected).min(lowest, expected).max(highest, expected);
}

const boolean = z.boolean('true or false');

function oneOf<const Names extends readonly [string, ...string[]]>(...names: Names) {
  return z.enum(names, `one of: ${names.join(', ')}`);
}

/** Seconds in the file, milliseconds in the program. */
function seconds(lowest: 'above 0' | 'from 0') {
  const expected = `a number of seconds ${lowest} to ${SECONDS_MAX}`;
  const number = z.number(expected).max(SECONDS_MAX, expected);
  const bounded = lowest === 'above 0' ? number.positive(expected) : number.nonnegative(expected);
  return bounded.transform((value): Millis => value * 1_000);
}

/** A number, or a name that `ip` knows. */
function named(kind: 'rt_tables' | 'rt_protos', highest: number) {
  const expected = `a name in ${kind} or a number from 1 to ${highest}`;
  return z.union([z.string(), z.number()], expected).transform((value, context): number => {
    const number =
      typeof value === 'number' || /^\d+$/.test(value) ? Number(value) : numberOfName(kind, value);
    if (number !== undefined && Number.isInteger(number) && number >= 1 && number <= highest) return number;
    context.addIssue({ code: 'custom', message: expected });
    return z.NEVER;
  });
}

/**
 * A key of the contract that has only its default in this version: it may be written, but not be changed.
 * @param defaults everything that means the default
 */
function only(expected: string, ...defaults: readonly unknown[]) {
  return z
    .unknown()
    .refine(
      (given) =>
        given === undefined || given === null || defaults.some((value) => isDeepStrictEqual(given, value)),
      `${expected}: other values are not supported by this version`,
    )
    .optional();
}

/** The same of a section: each of its keys may be left out. */
function onlySection(defaults: Readonly<Record<string, unknown>>) {
  const keys = Object.entries(defaults).map(([key, value]) => [key, only(String(value), value)] as const);
  return section(Object.fromEntries(keys)).optional();
}

/**
 * A section; `name:` with nothing behind it is an empty one. The message of an issue about unknown keys is the list of
 * the known ones.
 */
function section<const Shape extends z.ZodRawShape>(shape: Shape) {
  const known = Object.keys(shape).join(', ');
  return z.preprocess(
    (value) => value ?? {},
    z.strictObject(shape, {
      error: ({ code }) => (code === 'unrecognized_keys' ? known : 'a section of keys and values'),
    }),
  );
}

const timersShape = {
  update: seconds('above 0').optional(),
  timeout: seconds('above 0').optional(),
  'garbage-collection': seconds('above 0').optional(),
};
const timers = section(timersShape);

const interfaceSection = section({
  cost: wholeNumber(1, 16).default(defaultInterfaceConfiguration.cost),
  passive: boolean.default(defaultInterfaceConfiguration.passive),
  'no-listen': boolean.default(defaultInterfaceConfiguration.noListen),
  'split-horizon': oneOf('disabled', 'simple', 'poison-reverse').default(
    defaultInterfaceConfiguration.splitHorizon,
  ),
  timers,
  'send-version': only('2', 2, '2'),
  'receive-version': only('2', 2, '2'),
  neighbors: only('an empty list', []),
  multicast: only('true', true),
  'validate-source': only('true', true),
  authentication: only('nothing'),
  'ttl-security': only('false', false),
});

const [shortestPause, longestPause] = defaultRouterConfiguration.triggeredUpdateDelay;
const pause = z
  .tuple([seconds('from 0'), seconds('from 0')], 'two numbers of seconds: [shortest, longest]')
  .refine(([shortest, longest]) => shortest <= longest, 'the shorter pause first: [shortest, longest]')
  .default([shortestPause, longestPause]);

const rip = section({
  'maximum-paths': wholeNumber(1, 255).default(defaultRouterConfiguration.maximumPaths),
  timers,
  'triggered-update-delay': pause,
  interfaces: z
    .record(z.string().min(1), interfaceSection, 'interface names or patterns, each with its keys')
    .refine((interfaces) => Object.keys(interfaces).length > 0, 'at least one interface'),
  'default-metric': only('1', 1),
  'originate-default-route': onlySection({ enabled: false, metric: 1, when: 'always' }),
  redistribute: only('an empty list', []),
  policy: only('an empty list', []),
});

const path = z.string('a path').min(1, 'a path');

/** The whole file. Its output is what the daemon works with. */
export const configurationSchema = section({
  netns: z
    .string('the name or path of a network namespace')
    .min(1, 'the name or path of a network namespace')
    .optional(),
  'state-directory': path.optional(),
  control: section({
    socket: path.default(DEFAULT_CONTROL_SOCKET),
    group: z.string('the name of a group').min(1, 'the name of a group').default('ripd'),
    mode: z
      .string('permission bits in quotes, like "0660"')
      .regex(/^0?[0-7]{3}$/, 'permission bits in quotes, like "0660"')
      .default('0660'),
  }),
  log: section({
    level: oneOf('trace', 'debug', 'info', 'warn', 'error', 'fatal').default('info'),
    format: oneOf('pretty', 'json').optional(),
  }),
  kernel: section({
    table: named('rt_tables', U32_MAX).prefault('main'),
    metric: wholeNumber(1, U32_MAX).default(20),
    protocol: named('rt_protos', 255).prefault('rip'),
    'on-exit': oneOf('remove', 'keep').default('remove'),
    'stale-time': seconds('from 0').prefault(60),
  }),
  'key-chains': only('an empty list', []),
  'prefix-sets': only('an empty list', []),
  rip,
  ripng: only('nothing'),
}).transform(
  (file): DaemonConfiguration => ({
    namespace: file.netns,
    control: { ...file.control, mode: Number.parseInt(file.control.mode, 8) },
    log: { level: file.log.level, format: file.log.format },
    kernel: {
      table: file.kernel.table,
      metric: file.kernel.metric,
      protocol: file.kernel.protocol,
      onExit: file.kernel['on-exit'],
      staleTime: file.kernel['stale-time'],
    },
    rip: routerConfiguration(file.rip),
  }),
);

type RipSection = z.output<typeof rip>;
type TimersSection = z.output<typeof timers>;

function routerConfiguration(file: RipSection): RouterConfiguration {
  const instance = withTimers(defaultTimers, file.timers);
  const interfaces = Object.entries(file.interfaces).map(([name, keys]): [string, InterfaceConfiguration] => [
    name,
    {
      cost: keys.cost,
      passive: keys.passive,
      noListen: keys['no-listen'],
      splitHorizon: keys['split-horizon'],
      timers: withTimers(instance, keys.timers),
    },
  ]);
  return {
    maximumPaths: file['maximum-paths'],
    triggeredUpdateDelay: file['triggered-update-delay'],
    interfaces: Object.fromEntries(interfaces),
  };
}

function withTimers(
  inherited: InterfaceConfiguration['timers'],
  given: TimersSection,
): InterfaceConfiguration['timers'] {
  return {
    update: given.update ?? inherited.update,
    timeout: given.timeout ?? inherited.timeout,
    garbageCollection: given['garbage-collection'] ?? inherited.garbageCollection,
  };
}
