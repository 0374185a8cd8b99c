/** A fib on the real kernel, in a namespace of its own. Everything that others do to the routes is done by `ip`. */
import { type LabNode, NamespaceLab } from '@ripstop/lab';
import type { Notification, Receipt, Told } from '@ripstop/netlink';
import type { NextHop, Report, RouteFate } from '@ripstop/rip';
import { Fib, type FibSettings, type RouteAction, type RuntimeReport } from '@ripstop/router';
import type { AddressFamily } from '@ripstop/wire';
import { expect } from 'vitest';
import { pair } from '../kit/pair.ts';
import { KernelHost } from './kernel-host.ts';

/** Enough for a busy machine. */
export const WITHIN_MS = 20_000;

/** The addresses of the suites, by numbers. */
const plans = {
  ipv4: {
    prefix: '10.9.0.0/16',
    defaultRoute: '0.0.0.0/0',
    gateway: (number: number) => `192.168.1.${number}`,
    subnet: (number: number) => `10.${number >> 8}.${number & 255}.0/24`,
  },
  ipv6: {
    prefix: '2001:db8:9::/48',
    defaultRoute: '::/0',
    gateway: (number: number) => `fe80::${number}`,
    subnet: (number: number) => `2001:db8:${(number + 0x1000).toString(16)}::/64`,
  },
} as const;

export class KernelFib {
  readonly family: AddressFamily;
  readonly plan: (typeof plans)[AddressFamily];
  readonly lab: NamespaceLab;
  readonly router: LabNode;
  /** Of eth0. */
  readonly index: number;
  host: KernelHost;
  fib: Fib;
  outcomes: RouteFate[] = [];
  /** Whether there was a default route of others, as the router was told. */
  readonly defaults: boolean[] = [];
  /** Is called after each outcome. */
  told: () => void = () => undefined;

  private constructor(family: AddressFamily, lab: NamespaceLab, index: number) {
    this.family = family;
    this.plan = plans[family];
    this.lab = lab;
    this.router = lab.node('router');
    this.index = index;
    [this.host, this.fib] = this.#make();
  }

  static async lay(family: AddressFamily): Promise<KernelFib> {
    const lab = await NamespaceLab.lay(pair);
    const bench = new KernelFib(family, lab, await lab.node('router').interfaceIndex('eth0'));
    await bench.fib.start();
    bench.fib.listening();
    return bench;
  }

  async close(): Promise<void> {
    this.host.close();
    await this.lab.close();
  }

  /** Another one takes the place of this fib, which ends without a word. */
  async startAnew(): Promise<void> {
    this.fib.abandon();
    this.host.close();
    this.outcomes = [];
    this.defaults.length = 0;
    [this.host, this.fib] = this.#make();
    await this.fib.start();
    this.fib.listening();
  }

  /** A next hop behind eth0. */
  via(number: number): NextHop {
    return { gateway: this.plan.gateway(number), interface: 'eth0', interfaceIndex: this.index };
  }

  install(to: string, ...gateways: number[]): RouteAction {
    return { type: 'install-route', prefix: to, nextHops: gateways.map((number) => this.via(number)) };
  }

  apply(...actions: RouteAction[]): void {
    this.fib.apply(actions);
  }

  many(count: number): string[] {
    return Array.from({ length: count }, (_, at) => this.plan.subnet(at));
  }

  /** What `ip` prints. `@N` in the command is the gateway with that number, `PREFIX` the prefix of the suites. */
  async ip(command: string): Promise<string> {
    const words = command
      .replace(/@(\d+)/g, (_, number) => `${this.plan.gateway(Number(number))} dev eth0`)
      .replace('PREFIX', this.plan.prefix)
      .split(' ');
    return await this.router.exec('ip', ...(this.family === 'ipv6' ? ['-6'] : []), ...words);
  }

  /** `ip route` of a prefix: `via @2 proto rip`. */
  async slot(): Promise<string[]> {
    const lines = (await this.ip('route show exact PREFIX')).trim().split('\n');
    return lines.filter(Boolean).map((line) =>
      line
        .replace(`${this.plan.prefix} `, '')
        .replace(/via \S*[.:](\d+)/, 'via @$1')
        .replace(/\t| dev eth0| metric 20| pref medium| *$/g, ''),
    );
  }

  /** Waits until the slot is this. */
  async slotBecomes(...routes: string[]): Promise<void> {
    await expect.poll(() => this.slot(), { timeout: WITHIN_MS, interval: 20 }).toEqual(routes);
  }

  /** Somebody runs `ip`; the slot becomes this at once: no timer has to come due before. */
  async isPutRight(command: string, ...routes: string[]): Promise<void> {
    const { alarms } = this.host;
    await this.ip(command);
    await this.slotBecomes(...routes);
    expect(this.host.alarms).toBe(alarms);
  }

  async installed(to: string = this.plan.prefix): Promise<void> {
    await expect
      .poll(() => this.outcomes, { timeout: WITHIN_MS })
      .toContainEqual({ state: 'installed', prefix: to });
  }

  /**
   * Waits until the router is told that ours does not serve.
   * @param metric of the one that does
   * @param state failed: that one drops the packets
   */
  async shadowed(
    metric: number,
    to: string = this.plan.prefix,
    state: 'shadowed' | 'failed' = 'shadowed',
  ): Promise<void> {
    const reason = expect.stringMatching(new RegExp(`with metric ${metric}( \\(\\w+\\))? serves`));
    await expect
      .poll(() => this.outcomes, { timeout: WITHIN_MS })
      .toContainEqual({ state, prefix: to, reason });
  }

  /** Resolves when everything has been listed anew. */
  async listed(): Promise<void> {
    const { routes } = this.host.kernel;
    const list = routes.list.bind(routes);
    const done = new Promise<void>((resolve) => {
      routes.list = async (filter) => {
        const listed = await list(filter);
        resolve();
        return listed;
      };
    });
    this.fib.interfacesChanged();
    await done;
    routes.list = list;
  }

  async ripRoutes(): Promise<number> {
    const { family } = this;
    return (await this.router.routes({ family, table: 254, protocol: 'rip' })).length;
  }

  reports(type: string): (Report | RuntimeReport)[] {
    return this.host.reports.filter((report) => report.type === type);
  }

  /** Waits until the default routes of others were told to be there, or not, in this order. */
  async toldOfDefault(...expected: boolean[]): Promise<void> {
    await expect.poll(() => this.defaults, { timeout: WITHIN_MS, interval: 20 }).toEqual(expected);
  }

  #make(): [KernelHost, Fib] {
    const host = new KernelHost(this.router);
    const settings: FibSettings = {
      family: this.family,
      table: 254,
      metric: 20,
      protocol: 189,
      onExit: 'remove',
      staleTime: 60_000,
    };
    const fib = new Fib(settings, host, (event) => {
      if (event.type === 'routes-stand') this.outcomes.push(...event.fates);
      else this.defaults.push(event.present);
      this.told();
    });
    host.kernel.subscribe(
      ['link', 'address', 'route'],
      (told) => {
        fib.receive(told.filter(isOfRoute));
        if (told.some((one) => one.object !== 'route')) fib.interfacesChanged();
      },
      () => fib.notificationsLost(),
      { receipts: true },
    );
    return [host, fib];
  }
}

/** A receipt is always of a route: nothing else is changed. */
const isOfRoute = (told: Told): told is Notification<'route'> | Receipt => told.object === 'route';
