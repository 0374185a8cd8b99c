/** Routers on links in virtual time: every packet one sends reaches the others on its link a millisecond later. */
import { type Action, type Millis, type RouterConfiguration, rip } from '../src/index.ts';
import { Driver, seededRandom } from './driver.ts';

interface Port {
  readonly router: string;
  readonly interface: string;
  /** `10.0.0.1/24` */
  readonly address: string;
}

const delay: Millis = 1;

export class Wire {
  readonly routers = new Map<string, Driver>();
  readonly #links: Port[][] = [];
  readonly #cut = new Set<number>();
  /** Packets on their way, in the order in which they arrive. */
  readonly #flying: { at: Millis; to: Port; source: string; bytes: Uint8Array }[] = [];
  readonly #read = new Map<string, number>();
  now: Millis = 0;

  add(name: string, configuration: RouterConfiguration, seed: number): void {
    this.routers.set(name, new Driver(configuration, { random: seededRandom(seed) }));
    this.#read.set(name, 0);
  }

  get(name: string): Driver {
    const driver = this.routers.get(name);
    if (driver === undefined) throw new Error(`no router ${name}`);
    return driver;
  }

  /** Joins routers by a link `10.0.N.0/24`; the first router has .1 in it. Its interfaces come up. @returns N */
  link(...names: string[]): number {
    const number = this.#links.length;
    const ports = names.map((router, at) => ({
      router,
      interface: `link${number}`,
      address: `10.0.${number}.${at + 1}/24`,
    }));
    this.#links.push(ports);
    for (const port of ports) this.#do(port.router, (driver) => driver.up(port.interface, port.address));
    return number;
  }

  /** A subnet behind one router: `10.9.N.0/24`. */
  stub(router: string, number: number): void {
    this.#do(router, (driver) => driver.up(`stub${number}`, `10.9.${number}.1/24`));
  }

  /** Both ends of a link lose their carrier. */
  cut(number: number): void {
    this.#cut.add(number);
    for (const port of this.#links[number] ?? []) {
      this.#do(port.router, (driver) => driver.step({ type: 'interface-down', interface: port.interface }));
    }
  }

  /** Packets vanish on a link, but nobody notices. */
  break(number: number): void {
    this.#cut.add(number);
  }

  /** Lets time pass for all, in the order in which things fall due. */
  advance(duration: Millis): void {
    const end = this.now + duration;
    for (;;) {
      const arrival = this.#flying[0]?.at ?? Number.POSITIVE_INFINITY;
      let earliest = arrival;
      let due: string | undefined;
      for (const [name, { router }] of this.routers) {
        if (router.deadline < earliest) {
          earliest = router.deadline;
          due = name;
        }
      }
      if (earliest > end) break;
      this.now = Math.max(this.now, earliest);
      if (due !== undefined) this.#do(due, (driver) => driver.step({ type: 'tick' }));
      else this.#deliver();
    }
    this.now = end;
  }

  #deliver(): void {
    const packet = this.#flying.shift();
    if (packet === undefined) return;
    const { to, source, bytes } = packet;
    this.#do(to.router, (driver) => driver.receive(to.interface, { source, port: rip.port, bytes }));
  }

  #do(name: string, what: (driver: Driver) => void): void {
    const driver = this.get(name);
    driver.now = this.now;
    what(driver);
    for (const { action } of driver.history.slice(this.#read.get(name))) this.#carry(name, action);
    this.#read.set(name, driver.history.length);
  }

  #carry(name: string, action: Action): void {
    if (action.type !== 'send') return;
    for (const [number, ports] of this.#links.entries()) {
      const from = ports.find((port) => port.router === name && port.interface === action.interface);
      if (from === undefined || this.#cut.has(number)) continue;
      const source = addressOf(from);
      for (const to of ports) {
        const isMeant = action.destination === rip.group ? to !== from : addressOf(to) === action.destination;
        if (isMeant) this.#flying.push({ at: this.now + delay, to, source, bytes: action.packet });
      }
    }
  }
}

function addressOf(port: Port): string {
  return port.address.slice(0, port.address.indexOf('/'));
}
