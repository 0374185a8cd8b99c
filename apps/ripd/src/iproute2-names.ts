/**
 * Names of routing tables and protocols, as `ip` knows them: `/etc/iproute2/rt_tables` and `rt_protos` with their `.d`
 * folders, then the files of the distribution, then the names that are the same everywhere.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { routeProtocol, routeTables } from '@ripstop/netlink';

const DIRECTORIES = ['/etc/iproute2', '/usr/share/iproute2'];
const fixed: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  rt_tables: routeTables,
  rt_protos: routeProtocol.values,
};

/** The number of a name, or undefined if nobody knows it. */
export function numberOfName(kind: 'rt_tables' | 'rt_protos', name: string): number | undefined {
  for (const path of DIRECTORIES.flatMap((directory) => filesOf(`${directory}/${kind}`))) {
    const number = lookUp(path, name);
    if (number !== undefined) return number;
  }
  const names = fixed[kind];
  return names !== undefined && Object.hasOwn(names, name) ? names[name] : undefined;
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
function lookUp(path: string, name: string): number | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
  for (const line of text.split('\n')) {
    const [number, found] = line.replace(/#.*/, '').trim().split(/\s+/);
    if (found === name && number !== undefined && number !== '') return Number(number);
  }
  return undefined;
}
