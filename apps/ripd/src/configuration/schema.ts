/**
 * The shape of the configuration file: names, defaults and limits of every key. Before: `file`. After:
 * `daemon-configuration`, which puts in key chains and prefix sets where the file names them.
 *
 * Invariant: whatever this accepts can be used; a name that it accepts is defined.
 */
import {
  defaultLimits,
  defaultRouterConfiguration as defaults,
  type Protocol,
  rip,
  ripng,
} from '@ripstop/rip';
import { z } from 'zod';
import { DEFAULT_CONTROL_SOCKET } from '../control/control-protocol.ts';
import { interfaceSection, timers } from './interface-section.ts';
import { keyChains } from './key-chains.ts';
import { valueAt } from './place.ts';
import { policyRules } from './policy-rules.ts';
import { prefixSets } from './prefix-sets.ts';
import { redistributionRules } from './redistribution-rules.ts';
import { boolean, named, oneOf, seconds, section, text, wholeNumber } from './value.ts';

const U32_MAX = 0xffff_ffff;
const NEIGHBORS_MAX = 65_535;
/** Of one rule: more than a network of RIP has, and far less than the Internet. */
const REDISTRIBUTED_ROUTES = 10_000;
const MODE = 'permission bits in quotes, like "0660"';

/** What the checks have to know of the file at hand. */
export interface Surroundings {
  /** Where relative paths in the file begin. */
  readonly folder: string;
  /** Names of the key chains that the file has, sound or not. */
  readonly keyChains: readonly string[];
  readonly prefixSets: readonly string[];
  /** The number of `kernel.protocol`; undefined: the file has none that is sound. */
  readonly ownProtocol: number | undefined;
}

/** What a file says, with all defaults, in its own order and names. */
export type FileContents = z.output<ReturnType<typeof configurationSchema>>;

/** Who makes our routes. */
export const kernelProtocol = named('rt_protos', 255).prefault('rip');

/** The whole file. */
export function configurationSchema(surroundings: Surroundings) {
  return section({
    netns: text('the name or path of a network namespace').optional(),
    'state-directory': text('a path').default('/var/lib/ripd'),
    control: section({
      socket: text('a path').default(DEFAULT_CONTROL_SOCKET),
      group: text('the name of a group').default('ripd'),
      mode: z
        .string(MODE)
        .regex(/^0?[0-7]{3}$/, MODE)
        .default('0660'),
    }),
    log: section({
      level: oneOf('trace', 'debug', 'info', 'warn', 'error', 'fatal').default('info'),
      format: oneOf('pretty', 'json').optional(),
    }),
    kernel: section({
      table: named('rt_tables', U32_MAX).prefault('main'),
      metric: wholeNumber(1, U32_MAX).default(20),
      protocol: kernelProtocol,
      'on-exit': oneOf('remove', 'keep').default('remove'),
      'stale-time': seconds('from 0').prefault(60),
    }),
    'key-chains': keyChains(surroundings.folder),
    'prefix-sets': prefixSets,
    rip: instanceSection(rip, surroundings),
    ripng: instanceSection(ripng, surroundings),
  }).superRefine(
    (file: unknown, context) => {
      const isMissing = [rip, ripng].every(({ name }) => !valueAt(file, [name]));
      // The file itself may be no section at all: then that is told.
      if (isMissing && typeof file === 'object' && !Array.isArray(file))
        context.addIssue({
          code: 'custom',
          path: ['rip'],
          message: 'rip or ripng, each with its interfaces',
        });
    },
    { when: () => true },
  );
}

const [shortestPause, longestPause] = defaults.triggeredUpdateDelay;
const pause = z
  .tuple([seconds('from 0'), seconds('from 0')], 'two numbers of seconds: [shortest, longest]')
  .refine(([shortest, longest]) => shortest <= longest, 'the shorter pause first: [shortest, longest]')
  .default([shortestPause, longestPause]);

/** What one protocol does; with nothing behind its name, it is not spoken. */
function instanceSection(protocol: Protocol, surroundings: Surroundings) {
  const oneInterface = interfaceSection(protocol, surroundings.folder, surroundings.keyChains);
  const keys = section({
    'default-metric': wholeNumber(1, 15).default(defaults.defaultMetric),
    'maximum-paths': wholeNumber(1, 255).default(defaults.maximumPaths),
    timers,
    'triggered-update-delay': pause,
    'originate-default-route': section({
      enabled: boolean.default(false),
      metric: wholeNumber(1, 15).default(1),
      when: oneOf('always', 'present').default('always'),
    }),
    redistribute: redistributionRules(surroundings),
    policy: policyRules(protocol, surroundings.prefixSets),
    limits: section({
      'neighbors-per-interface': wholeNumber(1, NEIGHBORS_MAX).default(defaultLimits.neighborsPerInterface),
      'routes-per-neighbor': wholeNumber(1, defaultLimits.routes).default(defaultLimits.routesPerNeighbor),
      'redistributed-routes': wholeNumber(1, defaultLimits.routes).default(REDISTRIBUTED_ROUTES),
    }),
    interfaces: z
      .record(z.string().min(1), oneInterface, 'interface names or patterns, each with its keys')
      .refine((interfaces) => Object.keys(interfaces).length > 0, 'at least one interface'),
  });
  return z.preprocess((given) => given ?? undefined, keys.optional());
}
