/** `riplab demo`: a network converges, loses a link and finds another way, with nothing simulated. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type KernelRoute, type LabNode, type LabProcess, NamespaceLab, until } from '@ripstop/lab';
import { type Answer, chooseProbe } from './probe.ts';
import { journey, picture, ring, routesPerRouter } from './ring.ts';
import { Screen, seconds } from './screen.ts';

const ripd = fileURLToPath(new URL('../../ripd/bin/ripd.js', import.meta.url));

const READY_MS = 15_000;
const CONVERGED_MS = 45_000;
const REROUTED_MS = 30_000;
const ANSWER_MS = 5_000;
const ANSWERS_SHOWN = 3;
const SETTLED_MS = 40_000;
/** Twice the longest pause after a triggered update (RFC 2453 §3.10.1): the last one may itself cause another. */
const QUIET_MS = 10_000;

/** @returns the exit code */
export async function demonstrate(): Promise<number> {
  const screen = new Screen();
  screen.heading('Four RIP routers in a ring. Each is a real ripd in a network namespace of its own.');
  process.stdout.write(picture);
  let lab: NamespaceLab | undefined;
  const daemons: LabProcess[] = [];
  try {
    screen.heading('Laying the network, starting the routers');
    lab = await NamespaceLab.lay(ring);
    screen.event(`${ring.nodes.length} namespaces and ${ring.links.length} links are up`);
    for (const node of lab.nodes) daemons.push(startRouter(node, lab.directory));
    for (const daemon of daemons) await daemon.waitForLine(/^ready$/, READY_MS);
    screen.event(`${daemons.length} routers are ready`);
    await converge(screen, lab);
    for (const node of lab.nodes) {
      screen.heading(`${node.name}$ ip route`);
      screen.quote(await node.exec('ip', 'route'));
    }
    await travel(screen, lab);
    screen.heading('Cleaning up');
    const codes = await Promise.all(daemons.map((daemon) => daemon.stop()));
    const left = (await Promise.all(lab.nodes.map(ripRoutes))).flat().length;
    screen.event(
      `all routers stopped (exit codes ${codes.join(', ')}); RIP routes left in the kernel: ${left}`,
    );
    return codes.every((code) => code === 0) && left === 0 ? 0 : 1;
  } catch (error) {
    screen.heading(`The demo failed: ${(error as Error).message}`);
    for (const daemon of daemons) screen.quote([daemon.title, ...daemon.output.slice(-10)].join('\n'));
    return 1;
  } finally {
    await lab?.close();
  }
}

function startRouter(node: LabNode, directory: string): LabProcess {
  if (!existsSync(ripd)) throw new Error(`${ripd} is missing: run \`npm run build\``);
  const interfaces = ring.links
    .flat()
    .filter((end) => end.node === node.name)
    .map((end) => [end.interface, end.interface === 'own' ? { passive: true } : {}]);
  const configuration = {
    control: { socket: join(directory, `${node.name}.sock`) },
    rip: { interfaces: Object.fromEntries(interfaces) },
  };
  const path = join(directory, `${node.name}.yaml`);
  writeFileSync(path, JSON.stringify(configuration));
  return node.start([process.execPath, ripd, '--config', path]);
}

/** Watches until every router has a route to every subnet that it is not in. */
async function converge(screen: Screen, lab: NamespaceLab): Promise<void> {
  const start = performance.now();
  const wanted = routesPerRouter * lab.nodes.length;
  await until('every router reaches every subnet', CONVERGED_MS, async () => {
    const counts = (await Promise.all(lab.nodes.map(ripRoutes))).map((routes) => routes.length);
    const routers = lab.nodes.map((node, at) => `${node.name} ${counts[at]}/${routesPerRouter}`);
    screen.progress(`routes learned: ${routers.join('  ')}`);
    return counts.reduce((sum, count) => sum + count, 0) === wanted;
  });
  screen.success(`converged in ${seconds(performance.now() - start)}: everyone reaches everyone`);
}

/** Watches until no kernel's table has changed for `QUIET_MS`. */
async function settle(screen: Screen, lab: NamespaceLab): Promise<void> {
  let tables = '';
  let changed = performance.now();
  await until('the network is quiet', SETTLED_MS, async () => {
    const before = tables;
    tables = JSON.stringify(await Promise.all(lab.nodes.map(ripRoutes)));
    if (tables !== before) changed = performance.now();
    const quiet = performance.now() - changed;
    screen.progress(`quiet for ${seconds(quiet)}`);
    return quiet >= QUIET_MS;
  });
}

/** Pings across, cuts the link on the way, and waits until the ping is answered over another. */
async function travel(screen: Screen, lab: NamespaceLab): Promise<void> {
  const from = lab.node(journey.from);
  const answers: Answer[] = [];
  const probe = await chooseProbe(from, journey.fromAddress, journey.toAddress);
  const asking = probe.start((answer) => answers.push(answer));
  try {
    screen.heading(`From ${journey.from} to ${journey.to}: ${probe.description}`);
    await until(`${journey.toAddress} answers`, ANSWER_MS, () => answers.length >= ANSWERS_SHOWN);
    screen.quote(
      answers
        .slice(0, ANSWERS_SHOWN)
        .map(({ text }) => text)
        .join('\n'),
    );
    screen.event(`path: ${await pathOf(lab)}`);

    screen.heading(
      `Waiting until nothing has changed for ${seconds(QUIET_MS)}, so that no router holds back an update`,
    );
    await settle(screen, lab);

    screen.heading(`Cutting the link between ${journey.from} and ${journey.to}`);
    // Both ends, as with a cable: otherwise the far end only loses carrier, which Linux tells up to a second later.
    await Promise.all([from.setLink(journey.to, 'down'), lab.node(journey.to).setLink(journey.from, 'down')]);
    const cut = Date.now();
    screen.event(`${journey.from}$ ip link set ${journey.to} down`);
    screen.event(`${journey.to}$ ip link set ${journey.from} down`);
    const answer = await until(`${journey.toAddress} answers over another path`, REROUTED_MS, () => {
      screen.progress(`no answer for ${seconds(Date.now() - cut)}`);
      return answers.find(({ time }) => time > cut);
    });
    screen.quote(answer.text);
    screen.event(`path: ${await pathOf(lab)}`);
    screen.success(`answered again ${Math.round(answer.time - cut)} ms after the cut`);
    screen.heading(`${journey.from}$ ip route`);
    screen.quote(await from.exec('ip', 'route'));
  } finally {
    asking.kill();
  }
}

/** The routers on the journey, by their kernels' tables: `west → south`. */
async function pathOf(lab: NamespaceLab): Promise<string> {
  const path: string[] = [journey.from];
  for (let at: string = journey.from; at !== journey.to; path.push(at)) {
    const route = (await ripRoutes(lab.node(at))).find(({ prefix }) => prefix === journey.prefix);
    const next = route?.nextHops[0]?.interface; // an interface is called by the router it leads to
    if (next === undefined || path.includes(next)) return `${path.join(' → ')} → ?`;
    at = next;
  }
  return path.join(' → ');
}

function ripRoutes(node: LabNode): Promise<KernelRoute[]> {
  return node.routes({ family: 'ipv4', protocol: 'rip' });
}
