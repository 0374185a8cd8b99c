/** `interfaces`: what RIP does on each of them. */
import { defaultInterfaceConfiguration as defaults } from '@ripstop/rip';
import { authentication } from './key-chains.ts';
import {
  boolean,
  list,
  oneOf,
  routerAddress,
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
export function interfaceSection(folder: string, keyChains: readonly string[]) {
  return section({
    cost: wholeNumber(1, 16).default(defaults.cost),
    passive: boolean.default(defaults.passive),
    'no-listen': boolean.default(defaults.noListen),
    'split-horizon': oneOf('disabled', 'simple', 'poison-reverse').default(defaults.splitHorizon),
    'send-version': version('none', '1', '1-compatible', '2').default(defaults.sendVersion),
    'receive-version': version('none', '1', '2', '1-or-2').default(defaults.receiveVersion),
    neighbors: list(routerAddress, 'a list of addresses').refine(
      (addresses) => {
        const sound = addresses.filter((address) => typeof address === 'string');
        return new Set(sound).size === sound.length;
      },
      { ...withMistakes, message: 'each address once' },
    ),
    multicast: boolean.default(defaults.multicast),
    'validate-source': boolean.default(defaults.validateSource),
    authentication: authentication(folder, keyChains).optional(),
    'ttl-security': boolean.default(defaults.ttlSecurity),
    timers,
  }).refine((keys) => keys.authentication === undefined || keys['send-version'] !== '1', {
    path: ['send-version'],
    message: '2, 1-compatible or none: RIPv1 cannot be authenticated',
  });
}
