/**
 * The words behind `nexthop add`, `replace` and `del`, and those behind `list` and `flush`, as `ip` has them. Before this
 * file: `nexthop.ts`. After it: the library's `completion` for what is left out.
 */
import {
  type EncapsulationInput,
  type NexthopFilter,
  type NexthopInput,
  type NexthopMessage,
  nextHopFlags,
  routeProtocol,
} from '@ripstop/netlink';
import { CommandError, type Context } from '../command.ts';
import { takeEncapsulation } from '../route/encapsulation-words.ts';
import { takeProtocol } from '../route/named-number.ts';
import type { Words } from '../words.ts';

/** Linux: the times of a resilient group are told in hundredths of a second. */
const TICKS_PER_SECOND = 100;
/** Seconds whose ticks have 32 bits. */
const SECONDS_MAX = 42_949_671;

/** A request without what depends on other words. */
type Plain = Omit<NexthopInput, 'encapsulation' | 'encapsulationType' | 'unknown'>;
type Reader = (words: Words, context: Context) => Plain;

const protocol: Reader = (words) => ({ protocol: takeProtocol(words) });
const readers: ReadonlyMap<string, Reader> = new Map(
  Object.entries<Reader>({
    id: (words) => ({ id: words.number('id') }),
    dev: (words, { interfaces }) => ({ outputInterface: interfaces.indexOf(words.value('dev')) }),
    via(words) {
      words.takeIf('inet', 'inet6');
      return { gateway: words.address('via') };
    },
    blackhole: () => ({ blackhole: true }),
    fdb: () => ({ forwarding: true }),
    onlink: () => ({ flags: nextHopFlags.masks.onLink }),
    group: (words) => ({ group: words.value('group').split('/').map(member) }),
    type: groupType,
    proto: protocol,
    protocol,
  }),
);

/** `ID` or `ID,WEIGHT`. Linux: the upper 8 bits of a weight are `weightHigh`, from 6.12. */
function member(word: string): NonNullable<NexthopInput['group']>[number] {
  const [, id, weight = '1'] = /^(\d+)(?:,(\d+))?$/.exec(word) ?? [];
  const more = Number(weight) - 1;
  if (id === undefined || more < 0 || more > 0xffff)
    throw new CommandError(`group: ID,WEIGHT/ID… expected, got "${word}"`);
  return { id: Number(id), weight: more & 0xff, weightHigh: more >> 8 };
}

function groupType(words: Words): Plain {
  const type = words.value('type');
  if (type === 'mpath') return { groupType: 'multipath' };
  if (type !== 'resilient') throw new CommandError(`type: mpath or resilient expected, got "${type}"`);
  const seconds = (of: string): number => words.number(of, 0, SECONDS_MAX) * TICKS_PER_SECOND;
  let resilientGroup: Plain['resilientGroup'] = {};
  for (;;) {
    if (words.takeIf('buckets'))
      resilientGroup = { ...resilientGroup, buckets: words.number('buckets', 0, 0xffff) };
    else if (words.takeIf('idle_timer'))
      resilientGroup = { ...resilientGroup, idleTimer: seconds('idle_timer') };
    else if (words.takeIf('unbalanced_timer'))
      resilientGroup = { ...resilientGroup, unbalancedTimer: seconds('unbalanced_timer') };
    else return { resilientGroup, groupType: 'resilient' };
  }
}

/** Takes all words. @throws CommandError */
export function nexthopSpecification(words: Words, context: Context): NexthopInput {
  let request: Plain = { family: context.family };
  let encapsulation: EncapsulationInput | undefined;
  for (let word = words.take(); word !== undefined; word = words.take()) {
    const reader = readers.get(word);
    if (word === 'encap') encapsulation = takeEncapsulation(words, context);
    else if (reader !== undefined) request = { ...request, ...reader(words, context) };
    else throw new CommandError(`"${word}" is not understood here`);
  }
  return { ...request, ...encapsulation };
}

/** What is selected: the one with an id, or all that the filter lets through and that `where` is true of. */
export interface NexthopSelection {
  readonly id: number | undefined;
  readonly filter: NexthopFilter;
  readonly where: (nexthop: NexthopMessage) => boolean;
}

/** Takes all words. @throws CommandError */
export function nexthopSelection(words: Words, { interfaces, family }: Context): NexthopSelection {
  let id: number | undefined;
  let filter: NexthopFilter = { family };
  const conditions: ((nexthop: NexthopMessage) => boolean)[] = [];
  for (let word = words.take(); word !== undefined; word = words.take()) {
    switch (word) {
      case 'id':
        id = words.number('id');
        break;
      case 'dev':
        filter = { ...filter, outputInterface: interfaces.indexOf(words.value('dev')) };
        break;
      case 'master':
      case 'vrf':
        filter = { ...filter, master: interfaces.indexOf(words.value(word)) };
        break;
      case 'groups':
        filter = { ...filter, groups: true };
        break;
      case 'fdb':
        // Linux: accepts this in its own filter and ignores it.
        conditions.push(({ forwarding }) => forwarding === true);
        break;
      case 'proto':
      case 'protocol':
        conditions.push(protocolIs(takeProtocol(words)));
        break;
      default:
        throw new CommandError(`"${word}" is not understood here`);
    }
  }
  return { id, filter, where: (nexthop) => conditions.every((isTrue) => isTrue(nexthop)) };
}

function protocolIs(wanted: number): (nexthop: NexthopMessage) => boolean {
  return ({ protocol }) => routeProtocol.numberOf(protocol) === wanted;
}
