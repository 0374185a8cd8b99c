/**
 * Plays a scenario in network namespaces: real daemons, real kernels, real time.
 *
 * Before this file: `scenario-file.ts`. After it: `namespace-lab.ts`. What is expected at a moment may come somewhat later
 * here: a machine that is busy is late.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { infinity, type RouteSnapshot } from '@ripstop/rip';
import type { LabNode } from '../lab-node.ts';
import type { LabProcess } from '../lab-process.ts';
import { NamespaceLab } from '../namespace-lab.ts';
import { until } from '../until.ts';
import type { Violation } from '../world/check/violation.ts';
import { happeningText } from './happening-text.ts';
import { ripSection } from './rip-keys.ts';
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

/** Why a scenario cannot be played in namespaces; undefined: it can. */
export function obstacle({ events }: Scenario): string | undefined {
  const impossible = events.find(({ type }) => !possible.includes(type));
  return impossible && `${happeningText(impossible)}: that only happens in the simulated world`;
}

/**
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
    const stage = new Stage(scenario, lab, programs);
    await Promise.all(scenario.routers.map(({ name }) => stage.start(name)));
    return await stage.play(tell);
  } finally {
    await lab.close();
  }
}

class Stage {
  readonly #scenario: Scenario;
  readonly #lab: NamespaceLab;
  readonly #programs: Programs;
  readonly #daemons = new Map<string, LabProcess>();

  constructor(scenario: Scenario, lab: NamespaceLab, programs: Programs) {
    this.#scenario = scenario;
    this.#lab = lab;
    this.#programs = programs;
    for (const router of scenario.routers) this.#configure(router);
  }

  async play(tell: (line: StoryLine) => void): Promise<readonly Violation[]> {
    const start = performance.now();
    const { events, expectations } = this.#scenario;
    const violations: Violation[] = [];
    const acts = [
      ...events.map((event) => ({
        at: event.at,
        run: async (): Promise<void> => {
          await this.#happen(event);
          tell({ at: performance.now() - start, kind: 'event', text: happeningText(event) });
        },
      })),
      ...expectations.map((expectation) => ({
        at: expectation.at,
        run: async (): Promise<void> => {
          const disappointment = await this.#expect(expectation);
          const at = performance.now() - start;
          tell({
            at,
            kind: 'judgment',
            text: disappointment ?? `${expectation.router} has ${expectation.prefix} as expected`,
          });
          if (disappointment !== undefined)
            violations.push({ rule: 'expectations of the scenario', at, text: disappointment });
        },
      })),
    ].sort((a, b) => a.at - b.at);
    for (const { at, run } of acts) {
      await delay(Math.max(0, start + at - performance.now()));
      await run();
    }
    return violations;
  }

  async start(name: string): Promise<void> {
    const daemon = this.#lab.node(name).start([...this.#programs.ripd, '--config', this.#file(name, 'yaml')]);
    this.#daemons.set(name, daemon);
    await daemon.waitForLine(/^ready$/, READY_MS);
  }

  #configure({ name, configuration, onExit }: ScenarioRouter): void {
    const state = this.#file(name, 'state');
    mkdirSync(state);
    const file = {
      'state-directory': state,
      control: { socket: this.#file(name, 'sock') },
      kernel: { 'on-exit': onExit },
      rip: ripSection(configuration),
    };
    writeFileSync(this.#file(name, 'yaml'), JSON.stringify(file));
  }

  async #happen(event: Happening): Promise<void> {
    switch (event.type) {
      case 'cut':
        await this.#setLinks(event.segment, event.router, 'down');
        break;
      case 'mend':
        await this.#setLinks(event.segment, undefined, 'up');
        break;
      case 'up':
      case 'down':
        await this.#lab.node(event.router).setLink(event.interface, event.type);
        break;
      case 'start':
        await this.start(event.router);
        break;
      case 'kill':
        this.#daemons.get(event.router)?.kill();
        await this.#daemons.get(event.router)?.exited;
        break;
      case 'stop':
        await this.#daemons.get(event.router)?.stop();
        break;
      case 'restart':
        await this.#daemons.get(event.router)?.stop();
        await this.start(event.router);
        break;
      case 'drain':
        await this.#ripctl(event.router, 'drain');
        break;
      case 'flush': {
        const { kernel } = this.#lab.node(event.router);
        const routes = await kernel.routes.list({ family: 'ipv4', protocol: 'rip' });
        await kernel.batch(routes.map((message) => ({ object: 'route', operation: 'delete', message })));
        break;
      }
      default:
        throw new Error(`${happeningText(event)}: impossible in namespaces`);
    }
  }

  /** Both ends, as with a cable: otherwise the far end only loses carrier, which Linux tells up to a second later. */
  async #setLinks(segment: string, router: string | undefined, state: 'up' | 'down'): Promise<void> {
    const ends = this.#scenario.segments.find(({ name }) => name === segment)?.ends ?? [];
    const concerned = ends.filter((end) => router === undefined || end.router === router);
    await Promise.all(concerned.map((end) => this.#lab.node(end.router).setLink(end.interface, state)));
  }

  /** @returns what is not as expected, undefined if all is */
  async #expect(expectation: Expectation): Promise<string | undefined> {
    const { router, prefix } = expectation;
    let found = 'nothing yet';
    try {
      await until(`${router} has ${prefix}`, GRACE_MS, async () => {
        found = await this.#found(router, prefix);
        return found === wanted(expectation, found);
      });
      return undefined;
    } catch {
      return `${router} has ${prefix} ${found}; ${wanted(expectation, found)} is expected`;
    }
  }

  /** What a router says of a prefix, in words; `kernel` if the kernel does not have it so. */
  async #found(router: string, prefix: string): Promise<string> {
    const routes = JSON.parse(await this.#ripctl(router, 'show', 'routes')) as readonly RouteSnapshot[];
    const route = routes.find((each) => each.prefix === prefix);
    if (route === undefined || route.metric >= infinity) return placeText(infinity, []);
    const own = await this.#lab.node(router).routes({ family: 'ipv4', protocol: 'rip' });
    const hops = own.find((each) => each.prefix === prefix)?.nextHops ?? [];
    const inKernel = hops.map(({ gateway = '' }) => this.#ownerOf(gateway)).sort();
    const inRouter = route.nextHops.map(({ gateway }) => this.#ownerOf(gateway)).sort();
    if (inKernel.join() !== inRouter.join())
      return `via ${inRouter.join()}, in its kernel via ${inKernel.join()}`;
    return placeText(route.metric, inRouter);
  }

  #ownerOf(address: string): string {
    const ends = this.#scenario.segments.flatMap((segment) => segment.ends);
    const end = ends.find(({ addresses }) => addresses.some((text) => text.startsWith(`${address}/`)));
    return end?.router ?? address;
  }

  #ripctl(router: string, ...words: string[]): Promise<string> {
    const node: LabNode = this.#lab.node(router);
    return node.exec(...this.#programs.ripctl, '--socket', this.#file(router, 'sock'), '--json', ...words);
  }

  #file(router: string, extension: string): string {
    return join(this.#lab.directory, `${router}.${extension}`);
  }
}

/** If it is all the same over whom, then as it was found. */
function wanted({ metric, via }: Expectation, found: string): string {
  const text = placeText(metric, via?.toSorted() ?? []);
  return via === undefined && found.startsWith(`${text} via`) ? found : text;
}

function placeText(metric: number, routers: readonly string[]): string {
  if (metric >= infinity) return 'unreachable';
  return `at metric ${metric}${routers.length === 0 ? '' : ` via ${routers.join(' and ')}`}`;
}
