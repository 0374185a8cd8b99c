/**
 * A router on the real kernel, with one neighbor that only listens; routes are made and deleted by `ip`. What the router
 * announces, and what it knows, is kept.
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LabNode, NamespaceLab, type Topology } from '@ripstop/lab';
import {
  decodePacket,
  defaultInterfaceConfiguration,
  defaultRipngInterfaceConfiguration,
  defaultRouterConfiguration,
  type Entry,
  Router,
  type RouteSnapshot,
  rip,
  ripng,
} from '@ripstop/rip';
import { type RedistributionRule, type RedistributionSettings, Runtime, systemDigest } from '@ripstop/router';
import { openUdpSocket, type UdpSocket } from '@ripstop/socket';
import type { AddressFamily } from '@ripstop/wire';
import { expect } from 'vitest';
import { KernelHost } from './kernel-host.ts';

export const SECONDS = { timeout: 20_000, interval: 20 };

/** RIP runs on `eth0`, not on `lan0`. */
const topology: Topology = {
  nodes: ['router', 'neighbor'],
  links: [
    [
      { node: 'router', interface: 'eth0', addresses: ['192.168.1.1/24', 'fd00:1::1/64'] },
      { node: 'neighbor', interface: 'eth0', addresses: ['192.168.1.2/24', 'fd00:1::2/64'] },
    ],
    [
      { node: 'router', interface: 'lan0', addresses: ['192.168.2.1/24', 'fd00:2::1/64'] },
      { node: 'neighbor', interface: 'lan0', addresses: ['192.168.2.2/24', 'fd00:2::2/64'] },
    ],
  ],
};

/** The addresses of the suites. `first` holds the prefix number 1 alone. */
export const plans = {
  ipv4: {
    protocol: rip,
    eth0: '192.168.1.0/24',
    lan0: '192.168.2.0/24',
    defaultRoute: '0.0.0.0/0',
    loopback: '10.255.0.1/32',
    neighbor: '192.168.1.9',
    lanNeighbor: '192.168.2.9',
    net: (number: number) => `10.${number >> 8}.${number & 255}.0/24`,
    first: { prefix: '10.0.1.0/24', shortest: 24, longest: 24 },
  },
  ipv6: {
    protocol: ripng,
    eth0: 'fd00:1::/64',
    lan0: 'fd00:2::/64',
    defaultRoute: '::/0',
    loopback: 'fd00:255::1/128',
    neighbor: 'fe80::9',
    lanNeighbor: 'fe80::9',
    net: (number: number) => `2001:db8:${(number + 0x1000).toString(16)}::/64`,
    first: { prefix: '2001:db8:1001::/64', shortest: 64, longest: 64 },
  },
} as const;

/** Numbers of rt_protos. */
export const sources = { kernel: 2, boot: 3, static: 4, dhcp: 16, babel: 42, bgp: 186, own: 77 } as const;

export function rule(
  name: keyof typeof sources | 'connected',
  changes: Partial<RedistributionRule> = {},
): RedistributionRule {
  const source = name === 'connected' ? name : sources[name];
  const plain = { metric: undefined, tag: 0, prefixSet: undefined, table: 254, types: ['unicast'] } as const;
  return { name, source, ...plain, ...changes };
}

export class KernelRedistribution {
  readonly family: AddressFamily;
  readonly plan: (typeof plans)[AddressFamily];
  readonly lab: NamespaceLab;
  readonly router: LabNode;
  readonly host: KernelHost;
  readonly runtime: Runtime;
  readonly #neighbor: UdpSocket;
  /** What the neighbor was told last of each prefix. */
  readonly heard = new Map<string, Entry>();

  private constructor(
    family: AddressFamily,
    lab: NamespaceLab,
    index: number,
    redistribution: RedistributionSettings,
  ) {
    this.family = family;
    this.plan = plans[family];
    const { protocol } = this.plan;
    this.lab = lab;
    this.router = lab.node('router');
    this.host = new KernelHost(this.router, protocol);
    const place = { family, table: 254, metric: 20, protocol: 189 } as const;
    const options = { protocol, random: Math.random, digest: systemDigest, sequence: 0 };
    this.runtime = new Runtime(
      new Router(this.configuration(), options),
      { ...place, onExit: 'remove', staleTime: 60_000, redistribution },
      this.host,
    );
    this.#neighbor = openUdpSocket({
      interface: { name: 'eth0', index },
      port: protocol.port,
      group: protocol.group,
      namespace: lab.node('neighbor').namespace,
      receive: (datagrams) => {
        for (const { bytes } of datagrams) this.#hear(bytes);
      },
      failed(error) {
        throw error;
      },
    });
  }

  static async lay(family: AddressFamily, ...rules: RedistributionRule[]): Promise<KernelRedistribution> {
    return await KernelRedistribution.layLimited(family, 10_000, ...rules);
  }

  static async layLimited(
    family: AddressFamily,
    mostPerRule: number,
    ...rules: RedistributionRule[]
  ): Promise<KernelRedistribution> {
    const lab = await NamespaceLab.lay(topology);
    if (family === 'ipv6')
      for (const name of ['router', 'neighbor']) await lab.node(name).linkLocalAddress('eth0');
    const index = await lab.node('neighbor').interfaceIndex('eth0');
    const bench = new KernelRedistribution(family, lab, index, { rules, mostPerRule });
    await bench.runtime.start();
    return bench;
  }

  async close(): Promise<void> {
    this.runtime.abandon();
    await this.#neighbor.close();
    this.host.close();
    await this.lab.close();
  }

  configuration() {
    const eth0 = this.family === 'ipv4' ? defaultInterfaceConfiguration : defaultRipngInterfaceConfiguration;
    return {
      ...defaultRouterConfiguration,
      defaultMetric: 5,
      triggeredUpdateDelay: [100, 200] as const,
      interfaces: { eth0: { ...eth0, timers: { ...eth0.timers, update: 1_000 } } },
    };
  }

  reload(mostPerRule: number, ...rules: RedistributionRule[]): void {
    this.runtime.reconfigure(this.configuration(), { rules, mostPerRule });
  }

  /** `@N` is a neighbor of eth0 or lan0 with its interface: `@eth0`; `#N` a prefix by its number. */
  async ip(command: string): Promise<string> {
    return await this.router.exec('ip', ...this.#words(command));
  }

  /** Many at once. */
  async batch(commands: readonly string[]): Promise<void> {
    await this.router.exec('ip', ...this.#batchWords(commands));
  }

  /** Many at once, during which the router is not told of anything: more than its socket holds are lost. */
  batchUnheard(commands: readonly string[]): void {
    execFileSync('ip', ['-n', this.router.namespace, ...this.#batchWords(commands)]);
  }

  /** Routes from elsewhere, as the router has them now: `#7 static metric 5 tag 0`. */
  get taken(): string[] {
    return this.redistributed.map(
      ({ prefix, source, metric, tag }) => `${prefix} ${source} metric ${metric} tag ${tag}`,
    );
  }

  get redistributed(): readonly RouteSnapshot[] {
    return this.runtime.snapshot().router.routes.filter(({ kind }) => kind === 'redistributed');
  }

  /** Waits until these routes are taken in, and no others: `7 static metric 5`; the number's prefix, or a prefix. */
  async takes(...expected: string[]): Promise<void> {
    const whole = expected.map((one) => {
      const [prefix = '', source, ...rest] = one.split(' ');
      const [, metric = '5', , tag = '0'] = rest;
      const name = /^\d+$/.test(prefix) ? this.plan.net(Number(prefix)) : prefix;
      return `${name} ${source} metric ${metric} tag ${tag}`;
    });
    await expect.poll(() => this.taken.toSorted(), SECONDS).toEqual(whole.toSorted());
  }

  /** Waits until the neighbor has been told this metric. */
  async told(prefix: string, metric: number): Promise<void> {
    await expect.poll(() => this.heard.get(prefix)?.metric, SECONDS).toBe(metric);
  }

  reports(type: string): unknown[] {
    return this.host.reports.filter((report) => report.type === type);
  }

  #batchWords(commands: readonly string[]): string[] {
    const file = join(this.lab.directory, 'batch');
    const lines = commands.map((command) => this.#words(command).slice(1).join(' '));
    writeFileSync(file, `${lines.join('\n')}\n`);
    return [this.family === 'ipv4' ? '-4' : '-6', '-batch', file];
  }

  #words(command: string): string[] {
    const { neighbor, lanNeighbor, net } = this.plan;
    return [
      this.family === 'ipv4' ? '-4' : '-6',
      ...command
        .replace(/@eth0/, `via ${neighbor} dev eth0`)
        .replace(/@lan0/, `via ${lanNeighbor} dev lan0`)
        .replace(/#(\d+)/, (_, number) => net(Number(number)))
        .split(' '),
    ];
  }

  #hear(bytes: Uint8Array): void {
    const packet = decodePacket(this.plan.protocol, bytes);
    if (packet.command !== 'response') return;
    for (const entry of packet.entries) this.heard.set(entry.prefix, entry);
  }
}
