/**
 * Plays a scenario in the simulated world, and judges it.
 *
 * Before this file: `generator.ts` or `scenario-file.ts`, whence the scenario. After it: `world/world.ts`; the checkers.
 */
import { infinity, type Millis, type NextHop, type Protocol, type Report } from '@ripstop/rip';
import type { RuntimeReport } from '@ripstop/router';
import { addressFamily, prefixAddress } from '@ripstop/wire';
import { parseInterfaceAddress } from '../topology.ts';
import { PacketCheck } from '../world/check/packet-check.ts';
import { checkQuietWorld } from '../world/check/quiet-checks.ts';
import type { Violation } from '../world/check/violation.ts';
import { protocols } from '../world/configurations.ts';
import type { Departure } from '../world/datagrams.ts';
import type { PortAddress } from '../world/port.ts';
import { hash } from '../world/random.ts';
import type { RouterNode } from '../world/router-node.ts';
import type { Port, Segment } from '../world/segment.ts';
import { World, type WorldObserver } from '../world/world.ts';
import { happeningText } from './happening-text.ts';
import { type Finding, judge } from './judgment.ts';
import { reportText } from './report-text.ts';
import type { Expectation, Happening, Scenario } from './scenario.ts';

/** Something worth telling. */
export interface StoryLine {
  readonly at: Millis;
  /** What happened to the network, what a router said, or a checker. */
  readonly kind: 'event' | 'report' | 'judgment';
  readonly text: string;
}

export interface Outcome {
  readonly violations: readonly Violation[];
  readonly packets: number;
  readonly steps: number;
  /** Of everything that routers sent and reported: the same scenario has the same. */
  readonly fingerprint: number;
}

/**
 * @param tell gets the story as it happens
 * @returns what was found; no violations: all is well
 * @throws whatever a router throws: a crash
 */
export async function simulate(
  scenario: Scenario,
  tell: (line: StoryLine) => void = () => undefined,
): Promise<Outcome> {
  const world = buildWorld(scenario);
  const packetCheck = new PacketCheck(world);
  const witness = new Witness(tell);
  world.observe(packetCheck);
  world.observe(witness);
  const disappointments: Violation[] = [];
  for (const { name } of scenario.routers) world.start(name);
  for (const event of scenario.events) {
    world.after(event.at, () => {
      const text = happen(world, event) ? happeningText(event) : `${happeningText(event)}: nothing to do`;
      tell({ at: world.now, kind: 'event', text });
    });
  }
  for (const expectation of scenario.expectations) {
    world.after(expectation.at, () => {
      const { isMet, text } = judge(expectation, find(world, expectation));
      const at = world.now;
      tell({ at, kind: 'judgment', text });
      if (!isMet) disappointments.push({ rule: 'expectations of the scenario', at, text });
    });
  }
  await world.advance(scenario.end);
  const broken = [...packetCheck.violations, ...checkQuietWorld(world)];
  for (const { at, rule, text } of broken) tell({ at, kind: 'judgment', text: `${rule}: ${text}` });
  const violations = [...disappointments, ...broken];
  return { violations, ...world.counts, fingerprint: witness.fingerprint };
}

function buildWorld({ seed, routers, segments }: Scenario): World {
  const world = new World(seed);
  for (const { name, configurations, clockOffset, onExit } of routers)
    world.addRouter(name, configurations, { clockOffset, onExit });
  for (const { name, ends, conditions, mtu } of segments) {
    const worldEnds = ends.map((end) => ({ ...end, addresses: portAddresses(end.addresses) }));
    world.addSegment(name, worldEnds, { ...conditions, mtu });
  }
  return world;
}

/** @returns false if it makes no sense now: who is dead cannot be killed */
function happen(world: World, event: Happening): boolean {
  switch (event.type) {
    case 'cut': {
      const segment = world.segment(event.segment);
      segment.cut(event.router === undefined ? segment.ports : portsOf(segment, event.router));
      return true;
    }
    case 'silence':
      world.segment(event.segment).silence();
      return true;
    case 'split': {
      const segment = world.segment(event.segment);
      segment.split(...event.parts.map((routers) => routers.flatMap((router) => portsOf(segment, router))));
      return true;
    }
    case 'impair':
      world.segment(event.segment).impair(event.conditions);
      return true;
    case 'mend':
      world.segment(event.segment).mend();
      return true;
    case 'mtu':
      world.segment(event.segment).setMtu(event.mtu);
      return true;
    default:
      return happenTo(world, event);
  }
}

function happenTo(world: World, event: Extract<Happening, { router: string; segment?: never }>): boolean {
  const node = world.router(event.router);
  const isRunning = node.state === 'running';
  switch (event.type) {
    case 'start':
      if (node.state !== 'off') return false;
      world.start(node.name);
      return true;
    case 'stop':
    case 'kill':
    case 'restart':
      if (isRunning) world[event.type](node.name);
      return isRunning;
    case 'drain':
      if (isRunning) node.drain();
      return isRunning;
    case 'up':
    case 'down':
      node.ports.get(event.interface)?.setUp(event.type === 'up');
      return node.ports.has(event.interface);
    case 'readdress':
      node.ports.get(event.interface)?.readdress(portAddresses(event.addresses));
      return node.ports.has(event.interface);
    case 'clock':
      node.setClock(event.offset);
      return true;
    case 'reconfigure':
      node.reconfigure(event.configurations);
      return true;
    case 'refuse':
      node.kernel.refuseInstalls(event.installs);
      return true;
    case 'overrun':
      node.kernel.overrun();
      return true;
    case 'flush':
      node.flushRoutes();
      return true;
  }
}

function portAddresses(texts: readonly string[]): PortAddress[] {
  return texts.flatMap((text) => parseInterfaceAddress(text) ?? []);
}

function portsOf(segment: Segment, router: string): readonly Port[] {
  return segment.ports.filter((port) => port.router === router);
}

function find(world: World, { router, prefix }: Expectation): Finding | string {
  const node = world.router(router);
  const family = addressFamily(prefixAddress(prefix));
  const protocol = protocols.find((each) => each.family === family && node.speaks(each));
  if (protocol === undefined) return 'does not run';
  const route = node.snapshot(protocol).router.routes.find((each) => each.prefix === prefix);
  const via = (route?.nextHops ?? []).map((hop) => ownerOf(node, hop));
  return { metric: route?.metric ?? infinity, via };
}

function ownerOf({ ports }: RouterNode, { gateway, interface: name }: NextHop): string {
  const owner = ports.get(name)?.segment.ports.find((port) => port.has(gateway));
  return owner?.router ?? gateway;
}

/** Hears everything, tells what matters, and sums it all up in one number. */
class Witness implements WorldObserver {
  fingerprint = hash('');
  readonly #tell: (line: StoryLine) => void;

  constructor(tell: (line: StoryLine) => void) {
    this.#tell = tell;
  }

  sent(at: Millis, { port, source, destination, bytes }: Departure): void {
    let sum = hash(`${at} ${port.router} ${port.interface} ${source} ${destination} `, this.fingerprint);
    for (const byte of bytes) sum = Math.imul(sum ^ byte, 0x01000193) >>> 0;
    this.fingerprint = sum;
  }

  reported(at: Millis, router: string, protocol: Protocol, report: Report | RuntimeReport): void {
    this.fingerprint = hash(`${at} ${router} ${protocol.name} ${JSON.stringify(report)}`, this.fingerprint);
    this.#tell({ at, kind: 'report', text: `${router} ${reportText(protocol, report)}` });
  }
}
