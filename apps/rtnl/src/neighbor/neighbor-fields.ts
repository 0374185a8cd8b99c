/**
 * A neighbor as `ip -j -d neigh` shows it: names, values and order of iproute2. Before this file: the decoded message.
 * After it: `neighbor-text.ts`.
 */
import { type NeighborMessage, neighborExtendedFlags, neighborFlags, neighborState } from '@ripstop/netlink';
import type { Context } from '../command.ts';
import { definedOnly, type Fields, namesOfBits } from '../fields.ts';
import { protocolName } from '../names.ts';
import { secondsOf } from '../numerals.ts';

const { router, proxy, externallyLearned, offloaded } = neighborFlags.masks;
const { managed, validated } = neighborExtendedFlags.masks;

/** A member without a value is there or is not: `router`. */
export function neighborFields(neighbor: NeighborMessage, { interfaces, statistics }: Context): Fields {
  const { destination, interfaceIndex, linkAddress, state, flags, extendedFlags = 0, protocol } = neighbor;
  const marks = [
    ...namesOfBits(flags, { router, proxy }),
    ...namesOfBits(extendedFlags, { managed }),
    ...namesOfBits(flags, { extern_learn: externallyLearned, offload: offloaded }),
    ...namesOfBits(extendedFlags, { extern_valid: validated }),
  ];
  return definedOnly({
    dst: destination,
    // A proxy may be for all interfaces.
    dev: interfaceIndex === 0 ? undefined : interfaces.nameOf(interfaceIndex),
    lladdr: linkAddress,
    ...Object.fromEntries(marks.map((name) => [name, null])),
    ...(statistics > 0 && statisticsFields(neighbor)),
    state: state === 0 ? undefined : neighborState.namesOf(state).map((name) => name.toUpperCase()),
    protocol: protocol === undefined ? undefined : protocolName(protocol),
  });
}

/** Seconds since it was last used, confirmed and updated. */
function statisticsFields({ cacheInfo, probes }: NeighborMessage): Fields {
  if (cacheInfo === undefined) return { probes };
  const { references, used, confirmed, updated } = cacheInfo;
  return {
    refcnt: references === 0 ? undefined : references,
    used: secondsOf(used),
    confirmed: secondsOf(confirmed),
    updated: secondsOf(updated),
    probes,
  };
}
