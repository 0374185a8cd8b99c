/** A fib on a host in memory, with a kernel that others change too. One bench for both address families. */
import type { RouteFate } from '@ripstop/rip';
import { Fib, type FibSettings, type RouteAction } from '@ripstop/router';
import type { AddressFamily } from '@ripstop/wire';
import { FakeHost } from './fake-host.ts';
import { foreignRoute, hostNumber, type ObservedKernel } from './observed-kernel.ts';

/** The addresses of the suites, by numbers. */
const plans = {
  ipv4: {
    net: (number: number) => `10.${number}.0.0/16`,
    subnet: (number: number) => `10.${number >> 8}.${number & 255}.0/24`,
    gateway: (number: number) => `10.0.0.${number}`,
    defaultRoute: '0.0.0.0/0',
  },
  ipv6: {
    net: (number: number) => `2001:db8:${number}::/48`,
    subnet: (number: number) => `2001:db8:${(number + 0x1000).toString(16)}::/64`,
    gateway: (number: number) => `fe80::${number}`,
    defaultRoute: '::/0',
  },
} as const;

export class FibBench {
  readonly family: AddressFamily;
  readonly plan: (typeof plans)[AddressFamily];
  readonly host = new FakeHost();
  readonly kernel: ObservedKernel = this.host.kernel;
  /** How the routes stood, as the router was told. */
  readonly outcomes: RouteFate[] = [];
  /** Whether there was a default route of others, as the router was told. */
  readonly defaults: boolean[] = [];
  readonly fib: Fib;
  /** The prefix that most tests are about. */
  readonly prefix: string;

  constructor(family: AddressFamily, changes: Partial<FibSettings> = {}) {
    this.family = family;
    this.plan = plans[family];
    this.prefix = this.plan.net(9);
    const settings: FibSettings = {
      family,
      table: 254,
      metric: 20,
      protocol: 189,
      onExit: 'remove',
      staleTime: 60_000,
    };
    this.fib = new Fib({ ...settings, ...changes }, this.host, (event) => {
      if (event.type === 'routes-stand') this.outcomes.push(...event.fates);
      else this.defaults.push(event.present);
    });
  }

  async start(): Promise<void> {
    this.kernel.subscribe(
      ['route'],
      (notifications) => this.fib.receive(notifications),
      () => this.fib.notificationsLost(),
    );
    await this.fib.start();
    this.fib.listening();
    // From here on a list is due as soon as it is asked for.
    await this.host.advance(1_000);
  }

  /** What the router asks for. @param gateways behind eth0; a number: of the plan */
  install(to: string, ...gateways: (number | string)[]): RouteAction {
    return {
      type: 'install-route',
      prefix: to,
      nextHops: gateways.map((gateway) => ({
        gateway: typeof gateway === 'number' ? this.plan.gateway(gateway) : gateway,
        interface: 'eth0',
        interfaceIndex: 2,
      })),
    };
  }

  remove(to: string): RouteAction {
    return { type: 'remove-route', prefix: to };
  }

  async apply(...actions: RouteAction[]): Promise<void> {
    this.fib.apply(actions);
    await this.host.settle();
  }

  /** Someone else changes the kernel's routes. @param flags how it is made; exclusively, if not given */
  someone(
    operation: 'new' | 'delete',
    to: string,
    gateway: number | undefined,
    protocol: 'rip' | 'static',
    flags?: number,
  ): void {
    const address = gateway === undefined ? undefined : this.plan.gateway(gateway);
    this.kernel.someone(foreignRoute(operation, to, address, protocol, flags));
  }

  /** `rip 2, static 9+10`: what the kernel has for a prefix, in the order of a list. */
  slot(of = this.prefix): string {
    return this.kernel.routeList
      .filter((route) => `${route.destination ?? '::'}/${route.destinationLength}` === of)
      .map(({ protocol, gateway = 'none', multipath }) => {
        const gateways = multipath?.map((hop) => hop.gateway ?? 'none') ?? [gateway];
        return `${protocol} ${gateways.map(hostNumber).join('+')}`;
      })
      .join(', ');
  }

  /** `netlink port 1001`: the other program. */
  get stranger(): string {
    return `netlink port ${this.kernel.strangerPort}`;
  }
}
