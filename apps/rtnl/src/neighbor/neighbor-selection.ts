/**
 * Which neighbors: the words behind `neighbor list` and `neighbor flush`, as `ip` has them.
 * After this file: `neighbor.ts`.
 */
import { type NeighborFilter, type NeighborMessage, neighborFlags, neighborState } from '@ripstop/netlink';
import type { Grammar } from '../command.ts';
import { holdsAddress, takePrefix } from '../prefix.ts';
import { everything, narrowed, type Selection } from '../selection.ts';
import { type Reader, Vocabulary } from '../vocabulary.ts';
import { takeState } from './neighbor-state.ts';

export type NeighborSelection = Selection<NeighborFilter, NeighborMessage>;

/** What the words say. */
interface Draft extends NeighborSelection {
  /** Bits of the states that are named. */
  readonly states: number | undefined;
}

/** NUD_NONE, a state without a bit, as a bit. */
const NONE = 0x100;
const ALL = NONE | 0xff;
const { noArp, permanent } = neighborState.masks;

/** States that are selected where no `nud` is given, and what `nud all` means. */
interface States {
  readonly usual: number;
  readonly all: number;
}

const ofMaster: Reader<Draft> = (words, { interfaces }, _, keyword) => ({
  filter: { master: interfaces.indexOf(words.value(keyword)) },
});

function selection({ usual, all }: States): Grammar<NeighborSelection> {
  const vocabulary = new Vocabulary<Draft>(
    {
      '[to] PREFIX': (words) => {
        const prefix = takePrefix('to', words);
        return { where: ({ destination }) => holdsAddress(prefix, destination) };
      },
      'dev NAME': (words, { interfaces }) => ({
        filter: { interfaceIndex: interfaces.indexOf(words.value('dev')) },
      }),
      'master|vrf NAME': ofMaster,
      nomaster: (_, { interfaces }) => ({
        where: ({ interfaceIndex }) => interfaces.get(interfaceIndex)?.master === undefined,
      }),
      proxy: () => ({ filter: { proxy: true } }),
      unused: () => ({ where: ({ cacheInfo }) => !cacheInfo?.references }),
      'nud STATE|all': (words, _, { states = 0 }) => ({
        states: states | (words.takeIf('all') ? all : takeState(words) || NONE),
      }),
    },
    narrowed<Draft>(),
  );
  return {
    phrases: vocabulary.phrases,
    read(words, context) {
      const start = { filter: { family: context.family }, where: everything, states: undefined };
      const { filter, where, states = usual } = vocabulary.read(words, context, start);
      return { filter, where: (neighbor) => where(neighbor) && hasState(neighbor, states) };
    },
  };
}

/** As `ip`: a proxy has no state, and what was learned externally is selected in any state. */
function hasState({ state, flags }: NeighborMessage, states: number): boolean {
  const { proxy, externallyLearned } = neighborFlags.masks;
  return ((state || NONE) & states) !== 0 || (flags & (proxy | externallyLearned)) !== 0;
}

export const listedNeighbors = selection({ usual: ALL & ~NONE & ~noArp, all: ALL });
/** What the kernel made and what was configured stays. */
export const flushedNeighbors = selection({ usual: ALL & ~noArp & ~permanent, all: ALL & ~noArp });
