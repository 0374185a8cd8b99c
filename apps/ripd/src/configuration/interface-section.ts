/** `interfaces`: what a protocol does on each of them. Before: `schema`, which has one of these for `rip` and one for `ripng`. */
import {
  defaultInterfaceConfiguration as defaults,
  type Protocol,
  type ReceiveVersion,
  defaultRipngInterfaceConfiguration as ripngDefaults,
  type SendVersion,
} from '@ripstop/rip';
import type { z } from 'zod';
import { type AuthenticationSection, authentication } from './key-chains.ts';
import { routerAddress } from './router-address.ts';
import {
  boolean,
  list,
  meaningless,
  oneOf,
  seconds,
  section,
  version,
  wholeNumber,
  withMistakes,
} from './value.ts';

/** Of the instance, and of an interface where it differs. RFC 2453 §3.8. */
export const timers = section({
  update: seconds('above 0').optional(),
  timeout: seconds('above 0').optional(),
  'garbage-collection': seconds('above 0').optional(),
});

/**
 * @param folder where the paths of key files begin
 * @param keyChains the names of those that the file has
 */
export function interfaceSection(protocol: Protocol, folder: string, keyChains: readonly string[]) {
  const ownKeys = protocol.name === 'rip' ? ripKeys(folder, keyChains) : ripngKeys;
  return section({
    cost: wholeNumber(1, 16).default(defaults.cost),
    passive: boolean.default(defaults.passive),
    'no-listen': boolean.default(defaults.noListen),
    'split-horizon': oneOf('disabled', 'simple', 'poison-reverse').default(defaults.splitHorizon),
    neighbors: list(routerAddress(protocol), 'a list of addresses').refine(
      (addresses) => {
        const sound = addresses.filter((address) => typeof address === 'string');
        return new Set(sound).size === sound.length;
      },
      { ...withMistakes, message: 'each address once' },
    ),
    multicast: boolean.default(defaults.multicast),
    ...ownKeys,
    'ttl-security': boolean.default(defaults.ttlSecurity),
    timers,
  }).refine((keys) => keys.authentication === undefined || keys['send-version'] !== '1', {
    path: ['send-version'],
    message: '2, 1-compatible or none: RIPv1 cannot be authenticated',
  });
}

/** What RIP has, and RIPng has not. */
interface RipKeys {
  readonly 'send-version': z.ZodType<SendVersion>;
  readonly 'receive-version': z.ZodType<ReceiveVersion>;
  readonly 'validate-source': z.ZodType<boolean>;
  readonly authentication: z.ZodType<AuthenticationSection | undefined>;
}

function ripKeys(folder: string, keyChains: readonly string[]): RipKeys {
  return {
    'send-version': version('none', '1', '1-compatible', '2').default(defaults.sendVersion),
    'receive-version': version('none', '1', '2', '1-or-2').default(defaults.receiveVersion),
    'validate-source': boolean.default(defaults.validateSource),
    authentication: authentication(folder, keyChains).optional(),
  };
}

const ONE_VERSION = 'RIPng has one version (RFC 2080 §2.1)';
const ripngKeys: RipKeys = {
  'send-version': meaningless(ripngDefaults.sendVersion, `${ONE_VERSION}; use passive to send nothing`),
  'receive-version': meaningless(
    ripngDefaults.receiveVersion,
    `${ONE_VERSION}; use no-listen to learn nothing`,
  ),
  'validate-source': meaningless(
    ripngDefaults.validateSource,
    'RIPng hears every link-local address of the link, and no other (RFC 2080 §2.4.2)',
  ),
  authentication: meaningless(
    undefined,
    'RIPng has none, RFC 2080 §4 leaves it to IPsec; see "RIPng and IPsec" in docs/operations.md',
  ),
};
