/** What `Interfaces` makes of what a real kernel tells: the events, in order. */
import type { LabNode } from '@ripstop/lab';
import type { Interface } from '@ripstop/rip';
import { type InterfaceChanges, type InterfaceEvent, Interfaces } from '@ripstop/router';
import { Rtnetlink } from '@ripstop/socket';
import type { AddressFamily } from '@ripstop/wire';
import { expect } from 'vitest';

const WITHIN_MS = 20_000;

export class InterfaceObserver {
  /** Since the observation began. */
  readonly changes: InterfaceChanges[] = [];
  readonly #kernel: Rtnetlink;
  readonly #family: AddressFamily;

  private constructor(kernel: Rtnetlink, family: AddressFamily) {
    this.#kernel = kernel;
    this.#family = family;
  }

  /** What is there already is no event. */
  static async start(node: LabNode, family: AddressFamily): Promise<InterfaceObserver> {
    const kernel = Rtnetlink.open({ namespace: node.namespace });
    const observer = new InterfaceObserver(kernel, family);
    const interfaces = new Interfaces(family);
    kernel.subscribe(
      ['link', 'address'],
      (notifications) => void observer.changes.push(interfaces.receive(notifications)),
      () => undefined,
    );
    interfaces.replace(await kernel.links.list(), await kernel.addresses.list({ family }));
    return observer;
  }

  get events(): readonly InterfaceEvent[] {
    return this.changes.flatMap((change) => change.events);
  }

  /** Waits until exactly these events have come: `up eth0`, `changed eth0`. */
  async eventsAre(...expected: string[]): Promise<void> {
    const inWords = (): string[] =>
      this.events.map((event) =>
        event.type === 'interface-down'
          ? `down ${event.interface}`
          : `${event.type.slice('interface-'.length)} ${event.interface.name}`,
      );
    await expect.poll(inWords, { timeout: WITHIN_MS, interval: 20 }).toEqual(expected);
  }

  /** Waits until the last event gives an interface exactly these addresses, in this order. */
  async addressesAre(...expected: string[]): Promise<void> {
    const inWords = (): unknown => {
      const last = this.events.at(-1);
      return last?.type === 'interface-down' ? last : last?.interface.addresses.map(({ address }) => address);
    };
    await expect.poll(inWords, { timeout: WITHIN_MS, interval: 20 }).toEqual(expected);
  }

  /** What lists alone tell of an interface now. */
  async listed(name: string): Promise<Interface | undefined> {
    const interfaces = new Interfaces(this.#family);
    const addresses = await this.#kernel.addresses.list({ family: this.#family });
    const events = interfaces.replace(await this.#kernel.links.list(), addresses);
    return events
      .filter((event) => event.type !== 'interface-down')
      .map((event) => event.interface)
      .find((each) => each.name === name);
  }

  close(): void {
    this.#kernel.close();
  }
}
