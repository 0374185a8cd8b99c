/** `key-chains`, and `authentication` of an interface: which keys sign and verify packets. RFC 8177, RFC 8695. */
import type { KeyChain } from '@ripstop/rip';
import { z } from 'zod';
import { type KeySection, keyOf, keySection, keyShape } from './key.ts';
import { list, namedList, referenceTo, section, text, wholeNumber } from './value.ts';

/** Either a chain's name or a key of its own. */
export type AuthenticationSection = { readonly md5Length: KeyChain['md5Length'] } & (
  | { readonly chain: string }
  | { readonly key: KeySection }
);

/** @param folder where the paths of key files begin */
export function keyChains(folder: string) {
  const chain = section({
    name: text('the name of a key chain'),
    keys: list(keySection(folder), 'a list of keys').refine(({ length }) => length > 0, 'at least one key'),
  });
  return namedList(chain, 'a list of { name, keys }');
}

const MD5_LENGTH = '16 (RFC 4822) or 20 (routers that count the 4 bytes before the digest)';
const md5Length = wholeNumber(16, 20)
  .refine((length): length is 16 | 20 => length === 16 || length === 20, MD5_LENGTH)
  .default(16);

/**
 * @param folder where the paths of key files begin
 * @param chains the names of the key chains that the file has
 */
export function authentication(folder: string, chains: readonly string[]) {
  return section({
    'key-chain': referenceTo('a key chain', chains).optional(),
    'md5-length': md5Length,
    ...keyShape,
  }).transform(({ 'key-chain': chain, 'md5-length': length, ...keys }, context): AuthenticationSection => {
    const ownKeys = Object.values(keys).filter((value) => value !== undefined);
    if (chain === undefined && ownKeys.length > 0) {
      return { md5Length: length, key: keyOf(keys, folder, context) };
    }
    if (chain !== undefined && ownKeys.length === 0) return { md5Length: length, chain };
    // Nothing at all may not come to mean: no authentication.
    context.addIssue({
      code: 'custom',
      message: chain === undefined ? 'a key-chain or a key' : 'a key-chain or a key, not both',
    });
    return z.NEVER;
  });
}
