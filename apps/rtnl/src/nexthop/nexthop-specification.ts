/**
 * One next-hop object as people write it: the words behind `nexthop add`, `replace`, `delete` and `get`, as `ip` has them.
 * After this file: `nexthop.ts`, and the library's `completion` for what is left out.
 */
import { type EncapsulationInput, type NexthopInput, nextHopFlags } from '@ripstop/netlink';
import { CommandError, type Grammar } from '../command.ts';
import { takeEncapsulation } from '../encapsulation/encapsulation-specification.ts';
import { takeProtocol } from '../names.ts';
import { TICKS_PER_SECOND } from '../numerals.ts';
import { Vocabulary } from '../vocabulary.ts';
import type { Words } from '../words.ts';

/** Seconds whose ticks have 32 bits. */
const SECONDS_MAX = 42_949_671;

/** What the words say: a request, and apart from it what depends on several words. */
interface Draft extends Omit<NexthopInput, 'encapsulation' | 'encapsulationType' | 'unknown'> {
  readonly encap?: EncapsulationInput;
}

const vocabulary = new Vocabulary<Draft>({
  'id ID': (words) => ({ id: words.number('id') }),
  'via [inet|inet6] ADDRESS': (words) => ({ gateway: words.address('via', words.family()) }),
  'dev NAME': (words, { interfaces }) => ({ outputInterface: interfaces.indexOf(words.value('dev')) }),
  onlink: () => ({ flags: nextHopFlags.masks.onLink }),
  'encap TYPE …': (words, context) => ({ encap: takeEncapsulation(words, context) }),
  blackhole: () => ({ blackhole: true }),
  fdb: () => ({ forwarding: true }),
  'group ID,WEIGHT/ID…': (words) => ({ group: words.value('group').split('/').map(member) }),
  'type mpath|resilient': (words, context) => {
    if (words.oneOf('type', ['mpath', 'resilient']) === 'mpath') return { groupType: 'multipath' };
    return { groupType: 'resilient', resilientGroup: resilience.readKnown(words, context, {}) };
  },
  'protocol|proto PROTOCOL': (words) => ({ protocol: takeProtocol(words) }),
});

const resilience = new Vocabulary<NonNullable<NexthopInput['resilientGroup']>>({
  'buckets NUMBER': (words) => ({ buckets: words.number('buckets', 0, 0xffff) }),
  'idle_timer SECONDS': (words) => ({ idleTimer: takeTicks('idle_timer', words) }),
  'unbalanced_timer SECONDS': (words) => ({ unbalancedTimer: takeTicks('unbalanced_timer', words) }),
});

function takeTicks(of: string, words: Words): number {
  return words.number(of, 0, SECONDS_MAX) * TICKS_PER_SECOND;
}

/** `ID` or `ID,WEIGHT`. Linux: the upper 8 bits of a weight are `weightHigh`, from 6.12. */
function member(word: string): NonNullable<NexthopInput['group']>[number] {
  const [, id, weight = '1'] = /^(\d+)(?:,(\d+))?$/.exec(word) ?? [];
  const more = Number(weight) - 1;
  if (id === undefined || more < 0 || more > 0xffff)
    throw new CommandError(`group: ID,WEIGHT/ID… expected, got "${word}"`);
  return { id: Number(id), weight: more & 0xff, weightHigh: more >> 8 };
}

export const nexthopSpecification: Grammar<NexthopInput> = {
  phrases: [...vocabulary.phrases, ...resilience.phrases],
  read(words, context) {
    const { encap, ...request } = vocabulary.read(words, context, { family: context.family });
    return { ...request, ...encap };
  },
};

/** `id ID`, and nothing else. */
export const nexthopId: Grammar<number> = {
  phrases: ['id ID'],
  read(words) {
    if (!words.takeIf('id')) throw new CommandError('which next hop? "id ID" expected');
    return words.number('id');
  },
};
