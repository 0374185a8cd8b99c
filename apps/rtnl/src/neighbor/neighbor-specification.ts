/**
 * One neighbor as people write it: the words behind `neighbor add`, `replace`, `set`, `delete` and `get`, as `ip` has them.
 * After this file: `neighbor.ts`, and the library's `completion` for what is left out.
 */
import { type NeighborInput, neighborExtendedFlags, neighborFlags } from '@ripstop/netlink';
import { CommandError, type Grammar } from '../command.ts';
import { takeProtocol } from '../names.ts';
import { type Reader, Vocabulary } from '../vocabulary.ts';
import { takeState } from './neighbor-state.ts';

const { proxy, router, use, externallyLearned } = neighborFlags.masks;

function flag(mask: number): Reader<NeighborInput> {
  return (_words, _context, { flags = 0 }) => ({ flags: flags | mask });
}

const vocabulary = new Vocabulary<NeighborInput>({
  '[to] ADDRESS': (words) => ({ destination: words.address('address') }),
  'dev NAME': (words, { interfaces }) => ({ interfaceIndex: interfaces.indexOf(words.value('dev')) }),
  'lladdr ADDRESS|null': (words) => (words.takeIf('null') ? {} : { linkAddress: words.value('lladdr') }),
  'nud STATE': (words) => ({ state: takeState(words) }),
  proxy: flag(proxy),
  router: flag(router),
  use: flag(use),
  managed: () => ({ extendedFlags: neighborExtendedFlags.masks.managed }),
  extern_learn: flag(externallyLearned),
  'protocol|proto PROTOCOL': (words) => ({ protocol: takeProtocol(words) }),
});

export const neighborSpecification: Grammar<NeighborInput> = {
  phrases: vocabulary.phrases,
  read(words, context) {
    const neighbor = vocabulary.read(words, context, { flags: 0 });
    if (neighbor.destination === undefined) throw new CommandError('which neighbor? ADDRESS expected');
    // Linux: only a proxy may be for all interfaces. Such a one outlives its namespace, and is found again in a later one.
    if (neighbor.interfaceIndex === undefined && ((neighbor.flags ?? 0) & proxy) === 0)
      throw new CommandError('on which interface? "dev NAME" expected');
    return neighbor;
  },
};
