/**
 * Names of numbers, as `ip` knows them: `/etc/iproute2/rt_tables`, `rt_protos`, … with their `.d` folders, then the files
 * of the distribution, then the names that are the same everywhere.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { routeProtocol, routeScope, routeTables } from '@ripstop/netlink';

/** Routing tables, protocols of routes and of addresses, scopes, realms, values of the DS field, groups of links. */
export type NameKind =
  | 'rt_tables'
  | 'rt_protos'
  | 'rt_addrprotos'
  | 'rt_scopes'
  | 'rt_realms'
  | 'rt_dsfield'
  | 'group';

const DIRECTORIES = ['/etc/iproute2', '/usr/share/iproute2'];
const fixed: Readonly<Record<NameKind, Readonly<Record<string, number>>>> = {
  rt_tables: routeTables,
  rt_protos: routeProtocol.values,
  rt_addrprotos: { unspec: 0, kernel_lo: 1, kernel_ra: 2, kernel_ll: 3 },
  rt_scopes: routeScope.values,
  rt_realms: {},
  rt_dsfield: {},
  group: { default: 0 },
};

/** The number of a name, or undefined if nobody knows it. */
export function numberOfName(kind: NameKind, name: string): number | undefined {
  return namesOf(kind).find(([known]) => known === name)?.[1];
}

/** The name of a number, or undefined if nobody gave it one. */
export function nameOfNumber(kind: NameKind, number: number): string | undefined {
  return namesOf(kind).find(([, known]) => known === number)?.[0];
}

const cache = new Map<NameKind, readonly [name: string, number: number][]>();

/** All names of a kind; those that count first. Read once. */
function namesOf(kind: NameKind): readonly [name: string, number: number][] {
  const known = cache.get(kind);
  if (known !== undefined) return known;
  const paths = DIRECTORIES.flatMap((directory) => filesOf(`${directory}/${kind}`));
  const names = [...paths.flatMap(read), ...Object.entries(fixed[kind])];
  cache.set(kind, names);
  return names;
}

function filesOf(path: string): string[] {
  try {
    const more = readdirSync(`${path}.d`).filter((name) => name.endsWith('.conf'));
    return [path, ...more.map((name) => `${path}.d/${name}`)];
  } catch {
    return [path];
  }
}

/** Lines are `254 main` or `0xfe main`; `#` begins a comment. A file that is not there names nothing. */
function read(path: string): [name: string, number: number][] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return [];
  }
  return text.split('\n').flatMap((line) => {
    const [number = '', name = ''] = line.replace(/#.*/, '').trim().split(/\s+/);
    return name === '' || Number.isNaN(Number(number)) ? [] : [[name, Number(number)] as [string, number]];
  });
}
