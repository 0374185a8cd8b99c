/**
 * Plays a scenario in network namespaces: real daemons, real kernels, real time.
 *
 * Before this file: `scenario-file.ts`. After it: `namespace-lab.ts`, `lab-segment.ts`. What is expected at a moment may come somewhat later
 * here: a machine that is busy is late.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { infinity, type Millis, type RouteSnapshot } from '@ripstop/rip';
import { addressFamily, prefixAddress } from '@ripstop/wire';
import type { LabNode } from '../lab-node.ts';
import type { LabProcess } from '../lab-process.ts';
import { NamespaceLab } from '../namespace-lab.ts';
import type { Violation } from '../world/check/violation.ts';
import { happeningText } from './happening-text.ts';
import { type Finding, judge } from './judgment.ts';
import { LabSegment } from './lab-segment.ts';
import { daemonSection } from './router-keys.ts';
import type { Expectation, Happening, Scenario, ScenarioRouter } from './scenario.ts';
import { topologyOf } from './scenario-file.ts';
import type { StoryLine } from './simulation.ts';

/** The programs that are rehearsed: `[node, …/ripd.js]`. */
export interface Programs {
  readonly ripd: readonly string[];
  readonly ripctl: readonly string[];
}

/** What namespaces can do; the rest needs a world. */
const possible: readonly Happening['type'][] = [
  'cut',
  'mend',
  'mtu',
  'up',
  'down',
  'start',
  'stop',
  'kill',
  'restart',
  'drain',
  'flush',
];

const READY_MS = 15_000;
/** How long after its time an expectation may be met. */
const GRACE_MS = 10_000;
const ASK_AGAIN_MS = 100;

/** Why a scenario cannot be played in namespaces; undefined: it can. */
export function obstacle({ routers, events }: Scenario): string | undefined {
  const astray = routers.find(({ clockOffset }) => clockOffset !== 0);
  const impossible = events.find(({ type }) => !possible.includes(type));
  if (astray === undefined && impossible === undefined) return undefined;
  const what = impossible === undefined ? `${astray?.name} has another time` : happeningText(impossible);
  return `${what}: that only happens in the simulated world`;
}

/**
 * @param tell gets the story as it happens; times are counted from when all daemons are ready
 * @returns the expectations that were not met
 * @throws Error if the network cannot be laid or a daemon does not start; nothing is left over
 */
export async function rehearse(
  scenario: Scenario,
  programs: Programs,
  tell: (line: StoryLine) => void,
): Promise<readonly Violation[]> {
  const lab = await NamespaceLab.lay(topologyOf(scenario));
  try {
    return await new Stage(scenario, lab, programs, tell).play();
  } finally {
    await lab.close();
  }
}

class Stage {
  readonly #scenario: Scenario;
  readonly #lab: NamespaceLab;
  readonly #programs: Programs;
  readonly #tell: (line: StoryLine) => void;
  /** Those that have not been told to end. */
  readonly #daemons = new Map<string, LabProcess>();
  /** When all daemons were ready, of `performance.now()`. */
  #zero = Number.POSITIVE_INFINITY;

  constructor(scenario: Scenario, lab: NamespaceLab, programs: Programs, tell: (line: StoryLine) => void) {
    this.#scenario = scenario;
    this.#lab = lab;
    this.#programs = programs;
    this.#tell = tell;
    for (const router of scenario.routers) this.#configure(router);
  }

  async play(): Promise<readonly Violation[]> {
    const { routers, events, expectations } = this.#scenario;
    await Promise.all(routers.map(({ name }) => this.#start(name)));
    this.#zero = performance.now();
    const violations: Violation[] = [];
    const acts = [
      ...events.map((event) => ({
        at: event.at,
        run: async (): Promise<void> => {
          const text = (await this.#happen(event)) ? '' : ': nothing to do';
          this.#say('event', happeningText(event) + text);
        },
      })),
      ...expectations.map((expectation) => ({
        at: expectation.at,
        run: async (): Promise<void> => {
          const { isMet, text } = await this.#judge(expectation);
          this.#say('judgment', text);
          if (!isMet) violations.push({ rule: 'expectations of the scenario', at: this.#now(), text });
        },
      })),
    ].sort((a, b) => a.at - b.at);
    for (const { at, run } of acts) {
      await delay(Math.max(0, at - this.#now()));
      await run();
    }
    return violations;
  }

  #now(): Millis {
    return Math.max(0, performance.now() - this.#zero);
  }

  #say(kind: StoryLine['kind'], text: string): void {
    this.#tell({ at: this.#now(), kind, text });
  }

  async #start(name: string): Promise<void> {
    const argv = [...this.#programs.ripd, '--config', this.#file(name, 'yaml')];
    const daemon = this.#lab.node(name).start(argv, (line) => this.#say('report', `${name} ${line}`));
    this.#daemons.set(name, daemon);
    await daemon.waitForLine(/^ready$/, READY_MS);
  }

  #configure({ name, configurations, onExit }: ScenarioRouter): void {
    const state = this.#file(name, 'state');
    mkdirSync(state);
    const sections = Object.entries(configurations).map(([protocol, configuration]) => [
      protocol,
      daemonSection(configuration),
    ]);
    const file = {
      'state-directory': state,
      control: { socket: this.#file(name, 'sock') },
      kernel: { 'on-exit': onExit },
      ...Object.fromEntries(sections),
    };
    writeFileSync(this.#file(name, 'yaml'), JSON.stringify(file));
  }

  /** @returns false if it makes no sense now: who is dead cannot be killed */
  async #happen(event: Happening): Promise<boolean> {
    switch (event.type) {
      case 'cut':
        await this.#segment(event.segment).setState('down', event.router);
        return true;
      case 'mend':
        await this.#segment(event.segment).setState('up');
        return true;
      case 'mtu':
        await this.#segment(event.segment).setMtu(event.mtu);
        return true;
      case 'up':
      case 'down':
        await this.#segment(event.interface).setState(event.type, event.router);
        return true;
      case 'flush':
        await this.#flush(this.#lab.node(event.router));
        return true;
      case 'start':
      case 'stop':
      case 'kill':
      case 'restart':
      case 'drain':
        return await this.#happenTo(event.router, event.type);
      default:
        throw new Error(`${happeningText(event)}: impossible in namespaces`);
    }
  }

  async #happenTo(router: string, what: 'start' | 'stop' | 'kill' | 'restart' | 'drain'): Promise<boolean> {
    const daemon = this.#daemons.get(router);
    if ((daemon === undefined) !== (what === 'start')) return false;
    if (what === 'drain') await this.#ripctl(router, 'drain');
    else {
      this.#daemons.delete(router);
      if (what === 'kill') daemon?.kill();
      else if (what !== 'start') await daemon?.stop();
      await daemon?.exited;
      if (what === 'start' || what === 'restart') await this.#start(router);
    }
    return true;
  }

  async #flush({ kernel }: LabNode): Promise<void> {
    const routes = await kernel.routes.list({ protocol: 'rip' });
    await kernel.batch(routes.map((message) => ({ object: 'route', operation: 'delete', message })));
  }

  /** Of an interface too: it is called like its segment. */
  #segment(name: string): LabSegment {
    const segment = this.#scenario.segments.find((each) => each.name === name);
    if (segment === undefined) throw new Error(`The scenario has no segment ${name}`);
    return new LabSegment(this.#lab, segment);
  }

  /** Waits for what is expected, up to `GRACE_MS`. */
  async #judge(expectation: Expectation): Promise<ReturnType<typeof judge>> {
    const deadline = performance.now() + GRACE_MS;
    for (;;) {
      const judgment = judge(expectation, await this.#find(expectation));
      if (judgment.isMet || performance.now() >= deadline) return judgment;
      await delay(ASK_AGAIN_MS);
    }
  }

  /** What a router has for a prefix, if its kernel has the same. */
  async #find({ router, prefix }: Expectation): Promise<Finding | string> {
    if (!this.#daemons.has(router)) return 'does not run';
    const answer = await this.#ripctl(router, 'show', 'routes').catch(() => undefined);
    if (answer === undefined) return 'does not answer';
    const route = (JSON.parse(answer) as readonly RouteSnapshot[]).find((each) => each.prefix === prefix);
    if (route === undefined || route.metric >= infinity) return { metric: infinity, via: [] };
    const family = addressFamily(prefixAddress(prefix));
    const own = await this.#lab.node(router).routes({ family, protocol: 'rip' });
    const inKernel = own.find((each) => each.prefix === prefix)?.nextHops ?? [];
    const gateways = (hops: readonly { readonly gateway?: string }[]): string =>
      hops
        .map(({ gateway = '' }) => gateway)
        .sort()
        .join(' and ');
    if (gateways(route.nextHops) !== gateways(inKernel))
      return `sends ${prefix} via ${gateways(route.nextHops)}, but its kernel via ${gateways(inKernel) || 'nobody'}`;
    const owners = route.nextHops.map((hop) => this.#segment(hop.interface).ownerOf(hop.gateway));
    return { metric: route.metric, via: await Promise.all(owners) };
  }

  #ripctl(router: string, ...words: string[]): Promise<string> {
    return this.#lab
      .node(router)
      .exec(...this.#programs.ripctl, '--socket', this.#file(router, 'sock'), '--json', ...words);
  }

  #file(router: string, extension: string): string {
    return join(this.#lab.directory, `${router}.${extension}`);
  }
}
