/**
 * One neighbor as people write it: the words behind `neighbor add`, `replace`, `set`, `del` and `get`, as `ip` has them.
 * After this file: `neighbor.ts`, and the library's `completion` for what is left out.
 */
import { type NeighborInput, neighborExtendedFlags, neighborFlags } from '@ripstop/netlink';
import { CommandError, type Context } from '../command.ts';
import type { Words } from '../words.ts';
import { takeState } from './neighbor-state.ts';

const flagWords = new Map<string, number>(
  Object.entries({
    proxy: neighborFlags.masks.proxy,
    router: neighborFlags.masks.router,
    use: neighborFlags.masks.use,
    extern_learn: neighborFlags.masks.externallyLearned,
  }),
);

/** Takes all words. @throws CommandError */
export function neighborSpecification(words: Words, { interfaces }: Context): NeighborInput {
  let flags = 0;
  let request: NeighborInput = {};
  for (let word = words.peek; word !== undefined; word = words.peek) {
    const flag = flagWords.get(word);
    if (flag !== undefined) {
      words.take();
      flags |= flag;
    } else request = { ...request, ...member(words, interfaces) };
  }
  if (request.destination === undefined) throw new CommandError('which neighbor? ADDRESS expected');
  // Linux: only a proxy may be for all interfaces.
  if (request.interfaceIndex === undefined && (flags & neighborFlags.masks.proxy) === 0)
    throw new CommandError('on which interface? "dev NAME" expected');
  return { ...request, flags };
}

function member(words: Words, interfaces: Context['interfaces']): NeighborInput {
  if (words.takeIf('dev')) return { interfaceIndex: interfaces.indexOf(words.value('dev')) };
  if (words.takeIf('lladdr')) return words.takeIf('null') ? {} : { linkAddress: words.value('lladdr') };
  if (words.takeIf('nud')) return { state: takeState(words) };
  if (words.takeIf('managed')) return { extendedFlags: neighborExtendedFlags.masks.managed };
  if (words.takeIf('protocol', 'proto')) return { protocol: words.named('protocol', 'rt_protos', 0xff) };
  words.takeIf('to');
  return { destination: words.address('address') };
}
