/** How the kernel stands to our routes, as a table for people. Before this file: `ripctl`. After it: `text-table`. */
import { routeProtocol, routeTables } from '@ripstop/netlink';
import type { KernelRouteSnapshot } from '@ripstop/router';
import type { KernelAnswer, KernelPlace } from './control-protocol.ts';
import { table, withRemarks } from './text-table.ts';

/** Where our routes are, the counts of each protocol, then the routes, if any were asked for. */
export function renderKernel(answer: KernelAnswer): string {
  const counts = answer.protocols.map((each) => [
    each.protocol,
    ...[each.wanted, each.installed, each.shadowed, each.conflicting, each.failed].map(String),
    ...[each.stale, each.heals, each.overruns].map(String),
  ]);
  const titles = 'Protocol Wanted> Installed> Shadowed> Conflicting> Failed> Stale> Heals> Overruns>';
  const parts = [placeText(answer.place), table(titles, counts)];
  if (answer.routes.length > 0) parts.push(renderKernelRoutes(answer));
  return parts.join('\n\n');
}

/** One line for each next hop; below the last stands why the route does not serve, and who took it. */
export function renderKernelRoutes({ routes }: Pick<KernelAnswer, 'routes'>): string {
  const lines = routes.flatMap((route) => {
    const hops = route.nextHops.map((hop) => [hop.gateway, hop.interface]);
    const [first = ['-', '-'], ...more] = hops;
    const rows = [
      [route.prefix, ...first, route.state, String(route.heals)],
      ...more.map((hop) => ['', ...hop, '', '']),
    ];
    return rows.map((row, at) => ({ row, remarks: at === rows.length - 1 ? remarksOf(route) : [] }));
  });
  const rendered = table(
    'Prefix Via Interface State Heals>',
    lines.map(({ row }) => row),
  );
  return withRemarks(rendered, lines, ({ remarks }) => remarks);
}

function remarksOf({ reason, culprit }: KernelRouteSnapshot): string[] {
  return [
    ...(reason === undefined ? [] : [`  ${reason}`]),
    ...(culprit === undefined ? [] : [`  last taken by ${culprit}`]),
  ];
}

/** `table main, metric 20, proto rip`. */
export function placeText({ table: number, metric, protocol }: KernelPlace): string {
  const known = Object.entries(routeTables).find(([, each]) => each === number);
  return `table ${known?.[0] ?? number}, metric ${metric}, proto ${routeProtocol.nameOf(protocol)}`;
}
