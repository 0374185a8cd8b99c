/** A neighbor as `ip -j -d neigh` shows it, and as text made of these fields. Before this file: the decoded message. */
import { type NeighborMessage, neighborExtendedFlags, neighborFlags, neighborState } from '@ripstop/netlink';
import type { Context, Fields } from '../command.ts';
import { protocolName } from '../route/named-number.ts';

/** Linux: the times of a neighbor are told in hundredths of a second. */
const TICKS_PER_SECOND = 100;

/** A member without a value is there or is not: `router`. */
export function neighborFields(
  neighbor: NeighborMessage,
  { interfaces, statistics }: Pick<Context, 'interfaces' | 'statistics'>,
): Fields {
  const { destination, interfaceIndex, linkAddress, state, flags, protocol } = neighbor;
  const extendedFlags = neighbor.extendedFlags ?? 0;
  const marks = [
    ...marksOf(flags, { router: neighborFlags.masks.router, proxy: neighborFlags.masks.proxy }),
    ...marksOf(extendedFlags, { managed: neighborExtendedFlags.masks.managed }),
    ...marksOf(flags, {
      extern_learn: neighborFlags.masks.externallyLearned,
      offload: neighborFlags.masks.offloaded,
    }),
    ...marksOf(extendedFlags, { extern_valid: neighborExtendedFlags.masks.validated }),
  ];
  return {
    ...(destination !== undefined && { dst: destination }),
    // A proxy may be for all interfaces.
    ...(interfaceIndex !== 0 && { dev: interfaces.nameOf(interfaceIndex) }),
    ...(linkAddress !== undefined && { lladdr: linkAddress }),
    ...Object.fromEntries(marks.map((name) => [name, null])),
    ...(statistics && statisticsFields(neighbor)),
    ...(state !== 0 && { state: neighborState.namesOf(state).map((name) => name.toUpperCase()) }),
    ...(protocol !== undefined && { protocol: protocolName(protocol) }),
  };
}

function marksOf(flags: number, masks: Readonly<Record<string, number>>): string[] {
  return Object.entries(masks).flatMap(([name, mask]) => ((flags & mask) === 0 ? [] : [name]));
}

/** Seconds since it was last used, confirmed and updated. */
function statisticsFields({ cacheInfo, probes }: NeighborMessage): Fields {
  const seconds = (ticks: number): number => Math.trunc(ticks / TICKS_PER_SECOND);
  return {
    ...(cacheInfo !== undefined && {
      ...(cacheInfo.references !== 0 && { refcnt: cacheInfo.references }),
      used: seconds(cacheInfo.used),
      confirmed: seconds(cacheInfo.confirmed),
      updated: seconds(cacheInfo.updated),
    }),
    ...(probes !== undefined && { probes }),
  };
}

/** The line of a neighbor in the manner of `ip`. */
export function neighborText(fields: Fields): string {
  const { dst, dev, lladdr, refcnt, used, confirmed, updated, probes, state, protocol } = fields;
  return [
    ...(dst === undefined ? [] : [dst]),
    ...(dev === undefined ? [] : ['dev', dev]),
    ...(lladdr === undefined ? [] : ['lladdr', lladdr]),
    ...Object.keys(fields).filter((name) => fields[name] === null),
    ...(refcnt === undefined ? [] : ['ref', refcnt]),
    ...(used === undefined ? [] : ['used', `${used}/${confirmed}/${updated}`]),
    ...(probes === undefined ? [] : ['probes', probes]),
    ...(Array.isArray(state) ? state : []),
    ...(protocol === undefined ? [] : ['proto', protocol]),
  ].join(' ');
}
