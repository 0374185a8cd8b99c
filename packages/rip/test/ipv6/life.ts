/**
 * The life of a RIPng router: whatever happens drawn at random, and what has to stay true of it whatever does. The laws that
 * both protocols share are in `fuzz/subject`; here are those of addresses, packets and links.
 */
import { parsePrefix, prefixAddress } from '@ripstop/wire';
import { type Action, type Event, type Interface, type RouterConfiguration, ripng } from '../../src/index.ts';
import { decodePacket } from '../../src/packet/decode.ts';
import { encodeWholeTableRequest } from '../../src/packet/request.ts';
import { configured, Driver, entriesOf, seededRandom, target } from '../driver.ts';
import type { Dice } from '../fuzz/dice.ts';
import { hold } from '../fuzz/law.ts';
import { damaged } from '../fuzz/packets.ts';

const names = ['eth0', 'eth1', 'eth2'] as const;
/** Few, so that they meet: what is ours here is a neighbor's there. */
const linkLocals = ['fe80::1', 'fe80::2', 'fe80::3'] as const;
const globals = ['2001:db8:a::1', '2001:db8:a::2', '2001:db8:b::1'] as const;
const prefixes = [
  '::/0',
  '2001:db8:a::/64',
  '2001:db8:b::/64',
  'fd00::/8',
  'fd00:1::/32',
  'fd00::1/128',
] as const;
const sources = [...linkLocals, 'fe80::9', ...globals, '::', 'ff02::9'] as const;

export class Life {
  readonly #dice: Dice;
  readonly #driver: Driver;
  readonly #interfaces = new Map<string, Interface>();
  readonly #kernel = new Map<string, string>();
  readonly #heard: Uint8Array[] = [encodeWholeTableRequest(1)];

  constructor(dice: Dice) {
    this.#dice = dice;
    const random = seededRandom(dice.below(1_000_000));
    this.#driver = new Driver(this.#configuration(), { protocol: ripng, random });
  }

  /** @throws Error if a law is broken */
  live(happenings: number): void {
    for (let count = 0; count < happenings; count += 1) {
      if (this.#dice.chance(0.2)) this.#driver.advance(this.#dice.pick([10, 1_000, 6_000, 60_000]));
      else this.#driver.step(this.#event());
      this.#check(this.#driver.take());
    }
  }

  #event(): Event {
    const dice = this.#dice;
    const roll = dice.below(100);
    if (roll < 50) return this.#datagrams();
    if (roll < 65) {
      const seen = this.#interface();
      this.#interfaces.set(seen.name, seen);
      return { type: dice.pick(['interface-up', 'interface-changed'] as const), interface: seen };
    }
    if (roll < 68) {
      const name = dice.pick(names);
      this.#interfaces.delete(name);
      return { type: 'interface-down', interface: name };
    }
    if (roll < 82) return { type: 'listening', interface: dice.pick(names) };
    if (roll < 84) return { type: 'listen-failed', interface: dice.pick(names), reason: 'broken' };
    if (roll < 90) {
      const hop = { gateway: dice.pick([...linkLocals, ...globals]), interface: 'eth0', interfaceIndex: 1 };
      const prefix = dice.pick([...prefixes, 'fe80::/64', 'ff02::/16', '::1/128']);
      const nextHop = dice.pick([undefined, hop]);
      return {
        type: 'redistribution-changed',
        routes: [{ prefix, source: 'static', metric: dice.pick([undefined, 3]), tag: 7, nextHop }],
        withdrawn: [],
      };
    }
    if (roll < 94) return { type: 'redistribution-changed', routes: [], withdrawn: [dice.pick(prefixes)] };
    if (roll < 96) return { type: 'default-route', present: dice.chance(0.5) };
    return { type: 'reconfigured', configuration: this.#configuration() };
  }

  #interface(): Interface {
    const dice = this.#dice;
    const [at, name] = dice.pick([...names.entries()]);
    const addresses = [...dice.some(linkLocals, 0.5), ...dice.some(globals, 0.5)].map((one) => `${one}/64`);
    return { ...target(name, at + 1, ...addresses), mtu: dice.pick([1_280, 1_500, 9_000]) };
  }

  #configuration(): RouterConfiguration {
    const dice = this.#dice;
    const interfaces = dice.some(names, 0.9).map((name) => [
      name,
      {
        cost: dice.pick([1, 1, 5]),
        passive: dice.chance(0.1),
        noListen: dice.chance(0.05),
        splitHorizon: dice.pick(['poison-reverse', 'simple', 'disabled'] as const),
        neighbors: dice.some(linkLocals, 0.1),
        multicast: dice.chance(0.9),
        ttlSecurity: dice.chance(0.2),
      },
    ]);
    const originateDefaultRoute = dice.pick([undefined, { metric: 2, when: 'present' } as const]);
    return configured(Object.fromEntries(interfaces), { originateDefaultRoute }, ripng);
  }

  #datagrams(): Event {
    const dice = this.#dice;
    return {
      type: 'datagrams-received',
      interface: dice.pick(names),
      datagrams: Array.from({ length: dice.pick([1, 1, 3]) }, () => ({
        source: dice.pick(sources),
        port: dice.pick([521, 521, 521, 40_000]),
        bytes: this.#bytes(),
        ...(dice.chance(0.05) && { farAway: true }),
      })),
    };
  }

  #bytes(): Uint8Array {
    const dice = this.#dice;
    if (dice.chance(0.05)) return dice.bytes(dice.below(100));
    if (dice.chance(0.2)) return dice.pick(this.#heard);
    const entries = entriesOf(
      Object.fromEntries(
        dice.some(prefixes, 0.5).map((prefix) => {
          const nextHop = dice.pick([undefined, undefined, ...linkLocals, 'fe80::7']);
          return [prefix, { metric: dice.pick([1, 2, 2, 15, 16]), nextHop }];
        }),
      ),
    );
    const [packet = new Uint8Array()] = ripng.encodeResponses(entries);
    if (dice.chance(0.1) && packet.length > 0) packet[0] = 1;
    return dice.chance(0.2) ? damaged(dice, packet) : packet;
  }

  #check(actions: readonly Action[]): void {
    for (const action of actions) {
      if (action.type === 'install-route') {
        hold(isDestination(action.prefix), 'the kernel is asked for routes to what can be reached');
        hold(
          action.nextHops.every(({ gateway }) => isLinkLocal(gateway)),
          'gateways are link-local',
        );
        this.#kernel.set(action.prefix, JSON.stringify(action.nextHops));
      } else if (action.type === 'remove-route') this.#kernel.delete(action.prefix);
      else if (action.type === 'send') this.#checkPacket(action);
    }
    this.#checkKernel();
  }

  #checkPacket({ interface: name, source, port, packet }: Extract<Action, { type: 'send' }>): void {
    this.#heard.splice(0, this.#heard.length > 20 ? 1 : 0);
    this.#heard.push(packet);
    const own = [...this.#interfaces.values()].flatMap(({ addresses }) => addresses);
    hold(
      own.some(({ address }) => address === source) || isFarewell(packet),
      'packets leave from an address of ours, but farewells',
    );
    if (port === ripng.port) hold(isLinkLocal(source), 'routers are spoken to from a link-local address');
    const { mtu = 0 } = this.#interfaces.get(name) ?? {};
    const read = decodePacket(ripng, packet);
    if (read.command !== 'response' || port !== ripng.port) return;
    hold(packet.byteLength + 48 <= mtu, 'packets are no larger than the link carries');
    for (const { prefix, nextHop } of read.entries) {
      hold(isDestination(prefix), 'routes are announced to what can be reached');
      hold(nextHop === undefined || isLinkLocal(nextHop), 'next hops that are named are link-local');
    }
  }

  /** What it was told is what is in the table: learned, over interfaces that speak, and not ours. */
  #checkKernel(): void {
    const { routes, interfaces, neighbors } = this.#driver.snapshot();
    const speaking = new Set(
      interfaces.filter(({ state }) => state !== 'no-address').map(({ name }) => name),
    );
    for (const { prefix, kind, nextHops } of routes) {
      const told = this.#kernel.get(prefix);
      hold(
        told === undefined || told === JSON.stringify(nextHops),
        'the kernel has the next hops of the table',
      );
      hold(kind === 'learned' || told === undefined, 'a route of our own is not the kernel’s');
      for (const { gateway, interface: name } of nextHops) {
        hold(speaking.has(name), 'routes lead over interfaces that speak');
        const own = this.#interfaces.get(name)?.addresses ?? [];
        hold(
          own.every(({ address }) => address !== gateway),
          'no route leads to ourselves',
        );
      }
    }
    for (const { address, interface: name } of neighbors) {
      hold(isLinkLocal(address) && speaking.has(name), 'neighbors are link-local, on interfaces that speak');
    }
    const known = new Set(routes.map(({ prefix }) => prefix));
    hold(
      [...this.#kernel.keys()].every((prefix) => known.has(prefix)),
      'the kernel has no route of the past',
    );
  }
}

const isLinkLocal = (address: string): boolean => /^fe[89ab]/.test(address);

function isDestination(prefix: string): boolean {
  const address = prefixAddress(prefix);
  return (
    parsePrefix(prefix) === prefix && !isLinkLocal(address) && !/^ff..:/.test(address) && prefix !== '::1/128'
  );
}

/** All is taken back. */
function isFarewell(packet: Uint8Array): boolean {
  const read = decodePacket(ripng, packet);
  return read.command === 'response' && read.entries.every(({ metric }) => metric === 16);
}
