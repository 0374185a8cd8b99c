/** Of a row of happenings that breaks a law, the fewest and simplest that still break one. */
import type { RouterConfiguration } from '../../src/index.ts';
import type { Happening } from './happening.ts';

type Row = readonly Happening[];

/** @param isBroken whether a row breaks a law */
export function shrunk(happenings: Row, isBroken: (row: Row) => boolean): Row {
  let fewest = happenings;
  for (let size = happenings.length >> 1; size >= 1; size >>= 1) {
    for (let at = fewest.length - size; at >= 0; at -= size) {
      const fewer = [...fewest.slice(0, at), ...fewest.slice(at + size)];
      if (isBroken(fewer)) fewest = fewer;
    }
  }
  for (let at = 0; at < fewest.length; at += 1) {
    for (;;) {
      const simpler = simplerThan(fewest[at]).map((one) => fewest.with(at, one));
      const found = simpler.find(isBroken);
      if (found === undefined) break;
      fewest = found;
    }
  }
  return fewest;
}

/** Each with one thing less in it. */
function simplerThan(happening: Happening | undefined): Happening[] {
  if (happening === undefined) return [];
  if ('start' in happening) return simplerConfigurations(happening.start).map((start) => ({ start }));
  if (!('event' in happening)) return [];
  const { event } = happening;
  if (event.type === 'reconfigured') {
    return simplerConfigurations(event.configuration).map((configuration) => ({
      event: { ...event, configuration },
    }));
  }
  if (event.type !== 'datagrams-received') return [];
  const { datagrams } = event;
  return [
    ...without(datagrams).map((fewer) => ({ event: { ...event, datagrams: fewer } })),
    ...datagrams.flatMap((datagram, at) =>
      shorter(datagram.bytes).map((bytes) => ({
        event: { ...event, datagrams: datagrams.with(at, { ...datagram, bytes }) },
      })),
    ),
  ];
}

function simplerConfigurations(configuration: RouterConfiguration): RouterConfiguration[] {
  const { interfaces, policy, originateDefaultRoute } = configuration;
  const entries = Object.entries(interfaces);
  const signed = entries.filter(([, on]) => on.authentication !== undefined);
  return [
    ...without(entries).map((fewer) => ({ ...configuration, interfaces: Object.fromEntries(fewer) })),
    ...without(policy).map((fewer) => ({ ...configuration, policy: fewer })),
    ...signed.map(([name, on]) => ({
      ...configuration,
      interfaces: { ...interfaces, [name]: { ...on, authentication: undefined } },
    })),
    ...(originateDefaultRoute === undefined ? [] : [{ ...configuration, originateDefaultRoute: undefined }]),
  ];
}

/** Without one entry. */
function shorter(bytes: Uint8Array): Uint8Array[] {
  const count = Math.floor((bytes.byteLength - 4) / 20);
  return Array.from({ length: Math.max(0, count) }, (_, entry) => {
    const at = 4 + 20 * entry;
    return Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(at + 20)]);
  });
}

function without<T>(list: readonly T[]): T[][] {
  return list.map((_, at) => list.filter((_one, other) => other !== at));
}
