/** The daemon's answers as tables for people. */
import { drops, type InterfaceSnapshot, type NeighborSnapshot, type RouteSnapshot } from '@ripstop/rip';
import type { FibSnapshot, RuleSnapshot } from '@ripstop/router';
import type { DaemonStatus, ProtocolStatus } from './control-protocol.ts';
import { placeText } from './render-kernel.ts';
import { pairs, table, withRemarks } from './text-table.ts';

const INFINITY = 16;
/** Of many names in one line so many are shown. */
const NAMES_MAX = 8;

export function renderStatus(status: DaemonStatus): string {
  const { kernel, protocols } = status;
  const place = placeText(kernel);
  return pairs([
    ['ripd', `${status.version}, process ${status.process}, up ${duration(status.uptime)}`],
    ['namespace', status.namespace ?? 'the process’s own'],
    ...protocols.flatMap((each) => [['', ''] as const, ...protocolLines(each, place)]),
  ]);
}

function protocolLines(status: ProtocolStatus, place: string): [string, string][] {
  const { protocol, kernel, state, reason } = status;
  return [
    [protocol, reason === undefined ? state : `${state}: ${reason}`],
    ['interfaces', String(status.interfaces)],
    ...idleLines(status),
    ['neighbors', String(status.neighbors)],
    ['routes', `${status.routes} reachable, ${status.garbage} lost and not yet forgotten`],
    ['kernel', `${kernel.installed} of ${kernel.wanted} routes installed, ${kernel.stale} stale (${place})`],
    ...obstacles(kernel).map((line): [string, string] => ['', line]),
    ['', `${kernel.heals} put back after others changed them, ${kernel.overruns} overruns`],
    ...status.redistribution.map((rule, at): [string, string] => [
      at === 0 ? 'redistributed' : '',
      ruleLine(rule),
    ]),
  ];
}

/** `2 shadowed, 1 failed: see ripctl show kernel`; nothing if nothing is in the way. */
function obstacles({ shadowed, conflicting, failed }: FibSnapshot): string[] {
  const counts = Object.entries({ shadowed, conflicting, failed }).filter(([, count]) => count > 0);
  if (counts.length === 0) return [];
  return [`${counts.map(([name, count]) => `${count} ${name}`).join(', ')}: see ripctl show kernel`];
}

/** One line for each reason. */
function idleLines({ idle }: ProtocolStatus): [string, string][] {
  return [...new Set(idle.map(({ reason }) => reason))].map((reason) => {
    const names = idle.filter((each) => each.reason === reason).map((each) => each.interface);
    return ['', `not on ${few(names, NAMES_MAX)}: ${reason}`];
  });
}

/** The first ones, and the number of the others. */
function few(names: readonly string[], most: number): string {
  const shown = names.slice(0, most).join(', ');
  return names.length > most ? `${shown} +${names.length - most}` : shown;
}

/** `static: 12 routes`. */
function ruleLine({ source, routes, most, full }: RuleSnapshot): string {
  const line = `${source}: ${routes} ${routes === 1 ? 'route' : 'routes'}`;
  return full ? `${line}; stopped: there were more than ${most}, see limits.redistributed-routes` : line;
}

/** What became of `ripctl drain`. @param before the status when it was asked for */
export function renderDrain(before: DaemonStatus, after: DaemonStatus): string {
  const state = drainState(after);
  if (state !== 'draining') return `${state}: everything was announced as lost`;
  const begun = drainState(before) === 'draining' ? 'already draining' : 'draining';
  return `${begun}: every route is announced with metric 15 for about 12 s, then with 16`;
}

/** That of the daemon, without the protocols that have nothing to announce because they have failed. */
function drainState({ state, protocols }: DaemonStatus): string {
  return state === 'failed' ? (protocols.find((each) => each.state !== 'failed')?.state ?? state) : state;
}

export function renderInterfaces(interfaces: readonly InterfaceSnapshot[]): string {
  const rows = interfaces.map((item) => [
    item.name,
    item.protocol,
    item.state,
    speakingAddress(item),
    String(item.cost),
    item.splitHorizon,
    signing(item),
    String(item.neighbors),
    item.nextUpdateIn === undefined ? '-' : duration(item.nextUpdateIn),
    String(item.counters.packetsReceived),
    String(item.counters.packetsSent),
    String(total(item.counters.dropped)),
  ]);
  const titles =
    'Interface Protocol State Address Cost> Split-horizon Authentication Neighbors> Update-in> Received> Sent> Dropped>';
  return withRemarks(table(titles, rows), interfaces, ({ reason }) =>
    reason === undefined ? [] : [`  ${reason}`],
  );
}

/** The address it speaks from, and how many others it has. */
function speakingAddress({ addresses, source }: InterfaceSnapshot): string {
  const speaking = addresses.find((each) => each.startsWith(`${source}/`));
  const names =
    speaking === undefined ? addresses : [speaking, ...addresses.filter((each) => each !== speaking)];
  return few(names, 1);
}

/** `core: key 2, md5`; what is wrong with its lifetime behind it. */
function signing({ authentication }: InterfaceSnapshot): string {
  if (authentication === undefined) return '-';
  const { chain, key, algorithm, validity } = authentication;
  const name = algorithm === 'clear-text' ? algorithm : `key ${key}, ${algorithm}`;
  return `${chain}: ${name}${validity === 'valid' ? '' : `, ${validity}`}`;
}

/** Below a neighbor that is refused stands why. */
export function renderNeighbors(neighbors: readonly NeighborSnapshot[]): string {
  const rows = neighbors.map((item) => [
    item.address,
    item.interface,
    item.protocol,
    item.state,
    String(item.version),
    duration(item.lastHeardAgo),
    String(item.routes),
    String(item.packets),
    String(item.badPackets),
    String(item.badEntries),
  ]);
  const titles =
    'Address Interface Protocol State Version> Heard-ago> Routes> Packets> Bad-packets> Bad-entries>';
  return withRemarks(table(titles, rows), neighbors, refusalLines);
}

/** The reason as in docs/operations.md, what it means, what came and what was expected. */
function refusalLines(neighbor: NeighborSnapshot): string[] {
  if (neighbor.refusal === undefined) return [];
  const { reason, detail, ago } = neighbor.refusal;
  return [`  ${duration(ago)} ago ${reason}: ${drops[reason].message} (${detail})`];
}

/** One line for each next hop; what they share stands in the first. */
export function renderRoutes(routes: readonly RouteSnapshot[]): string {
  const rows = routes.flatMap((route) => {
    const [first = ['', ''], ...more] = via(route);
    const tag = route.tag === 0 ? '-' : String(route.tag);
    const shared = [route.prefix, route.metric >= INFINITY ? 'lost' : String(route.metric)];
    const line = [...shared, ...first, tag, remaining(route), kernelState(route), others(route)];
    return [line, ...more.map((hop) => ['', '', ...hop, '', '', '', ''])];
  });
  return table('Prefix Metric> Via Interface Tag> Expires-in> Kernel Other-offers', rows);
}

function via(route: RouteSnapshot): string[][] {
  if (route.kind === 'connected') return (route.connectedTo ?? []).map((name) => ['connected', name]);
  if (route.kind !== 'learned') return [[route.source ?? route.kind, '']];
  return route.nextHops.map((hop) => [hop.gateway, hop.interface]);
}

function remaining({ expiresIn, garbageIn }: RouteSnapshot): string {
  const left = expiresIn ?? garbageIn;
  return left === undefined ? '-' : duration(left);
}

function kernelState({ kernel }: RouteSnapshot): string {
  if (kernel === undefined) return '-';
  return 'reason' in kernel ? `${kernel.state}: ${kernel.reason}` : kernel.state;
}

/** Paths that are known but do not serve: `10.0.2.2 metric 3`. */
function others({ offers }: RouteSnapshot): string {
  const idle = offers
    .filter((offer) => !offer.chosen)
    .map((offer) => `${offer.gateway} metric ${offer.metric}`);
  return idle.length === 0 ? '-' : idle.join(', ');
}

function total(counters: Readonly<Record<string, number | undefined>>): number {
  return Object.values(counters).reduce((sum: number, count) => sum + (count ?? 0), 0);
}

/** Milliseconds for people: `0.4s`, `29s`, `2m05s`, `3h07m`, `2d04h`. */
export function duration(milliseconds: number): string {
  if (milliseconds < 10_000) return `${(Math.max(0, milliseconds) / 1_000).toFixed(1)}s`;
  const seconds = Math.round(milliseconds / 1_000);
  const units = [86_400, 3_600, 60, 1];
  const names = ['d', 'h', 'm', 's'];
  const at = units.findIndex((unit) => seconds >= unit);
  const whole = `${Math.floor(seconds / (units[at] ?? 1))}${names[at]}`;
  const finer = units[at + 1];
  if (finer === undefined) return whole;
  const rest = Math.floor((seconds % (units[at] ?? 1)) / finer);
  return `${whole}${String(rest).padStart(2, '0')}${names[at + 1]}`;
}
