// What is true of every golden message.
import { decode, littleEndianHost } from '@ripstop/wire';
import { describe, expect, test } from 'vitest';
import { entryOfType } from '../../src/registry.ts';
import * as addresses from './addresses.ts';
import * as encapsulations from './encapsulations.ts';
import { type Golden, type GoldenMessage, read } from './golden.ts';
import * as links from './links.ts';
import * as neighbors from './neighbors.ts';
import * as nexthops from './nexthops.ts';
import * as routes from './routes.ts';
import * as rules from './rules.ts';
import * as wireless from './wireless.ts';

const all: readonly [string, Golden][] = Object.entries({
  ...addresses,
  ...encapsulations,
  ...links,
  ...neighbors,
  ...nexthops,
  ...routes,
  ...rules,
  ...wireless,
});

/** NLA_F_NESTED in the second byte of an attribute's type: old attributes are sent without it, and we write it. */
const NESTED = 0x80;

/**
 * Not the same byte for byte, because a string ends with a NUL or does not. Linux: takes both. It ends the names of kinds of
 * links with one, which iproute2 and we do not; iproute2 does not so end the name of a congestion control.
 */
const ENDED_OTHERWISE: ReadonlySet<string> = new Set(['linkAnswer', 'bridgeLink', 'tunAnswer', 'metrics']);

/** Where the message written again differs from the original. */
function differing({ payload, again }: GoldenMessage): number[] {
  return [...again.keys()].filter(
    (at) => again[at] !== payload[at] && !(at % 4 === 3 && again[at] === (payload[at]! | NESTED)),
  );
}

describe.skipIf(!littleEndianHost)('every golden message', () => {
  test.each(all)('%s is known in full', (_name, source) => {
    expect(read(source).explanation).not.toMatch(/unknown\(|<|undefined|\[object/);
  });

  test.each(all)('%s is written as it was', (name, source) => {
    const { messages, explanation } = read(source);
    expect(messages.length).toBeGreaterThan(0);
    for (const message of messages) {
      expect(decode(entryOfType(message.type)!.codec, message.again), explanation).toEqual(message.value);
      if (ENDED_OTHERWISE.has(name)) continue;
      expect(message.again.length, explanation).toBe(message.payload.length);
      expect(differing(message), explanation).toEqual([]);
    }
  });
});
