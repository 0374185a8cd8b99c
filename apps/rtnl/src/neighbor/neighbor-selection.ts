/**
 * Which neighbors: the words behind `neighbor list` and `neighbor flush`, as `ip` has them.
 * After this file: `neighbor.ts`.
 */
import { type NeighborFilter, type NeighborMessage, neighborFlags, neighborState } from '@ripstop/netlink';
import { prefixContains, prefixOf } from '@ripstop/wire';
import type { Context } from '../command.ts';
import type { Words } from '../words.ts';
import { takeState } from './neighbor-state.ts';

type Condition = (neighbor: NeighborMessage) => boolean;

/** What is selected: by the kernel, and by us of what it tells. */
export interface NeighborSelection {
  readonly filter: NeighborFilter;
  readonly where: Condition;
}

/** NUD_NONE, a state without a bit, as a bit. */
const NONE = 0x100;
const ALL = NONE | 0xff;
const { noArp, permanent } = neighborState.masks;
/** States that are selected where no `nud` is given, and what `nud all` means. */
const states = {
  list: { usual: ALL & ~NONE & ~noArp, all: ALL },
  // What the kernel made and what was configured stays.
  flush: { usual: ALL & ~noArp & ~permanent, all: ALL & ~noArp },
} as const;

/** Takes all words; one that is no selector is an address. @throws CommandError */
export function neighborSelection(
  words: Words,
  { family, interfaces }: Context,
  command: 'list' | 'flush',
): NeighborSelection {
  let filter: NeighborFilter = { family };
  let selected: number | undefined;
  const conditions: Condition[] = [];
  while (words.peek !== undefined) {
    if (words.takeIf('dev')) filter = { ...filter, interfaceIndex: interfaces.indexOf(words.value('dev')) };
    else if (words.takeIf('master', 'vrf'))
      filter = { ...filter, master: interfaces.indexOf(words.value('master')) };
    else if (words.takeIf('proxy')) filter = { ...filter, proxy: true };
    else if (words.takeIf('nomaster')) {
      conditions.push(({ interfaceIndex }) => interfaces.get(interfaceIndex)?.master === undefined);
    } else if (words.takeIf('unused')) conditions.push(({ cacheInfo }) => !cacheInfo?.references);
    else if (words.takeIf('nud')) {
      const given = words.takeIf('all') ? states[command].all : takeState(words) || NONE;
      selected = (selected ?? 0) | given;
    } else {
      words.takeIf('to');
      conditions.push(within(words));
    }
  }
  conditions.push(ofState(selected ?? states[command].usual));
  return { filter, where: (neighbor) => conditions.every((holds) => holds(neighbor)) };
}

function within(words: Words): Condition {
  const { address, length } = words.interfaceAddress('to');
  const prefix = prefixOf(address, length);
  return ({ destination }) => destination !== undefined && prefixContains(prefix, destination);
}

/** As `ip`: a proxy has no state, and what was learned externally is selected in any state. */
function ofState(selected: number): Condition {
  const { proxy, externallyLearned } = neighborFlags.masks;
  return ({ state, flags }) =>
    ((state || NONE) & selected) !== 0 || (flags & (proxy | externallyLearned)) !== 0;
}
