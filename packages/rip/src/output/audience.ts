/**
 * Whom an interface speaks to, and from which of its addresses: the group or a broadcast address for each of its outlets,
 * configured neighbors, whoever asks. RFC 2453 §3.10, §4.5, §5.1; RFC 2080 §2.5.
 *
 * Before: `interface` with its configuration and its link. After: `recipient` says what each of them hears.
 */
import type { Address } from '@ripstop/wire';
import type { InterfaceConfiguration } from '../configuration.ts';
import type { Version } from '../packet/packet.ts';
import { type PolicyRule, policyFor } from '../policy/policy.ts';
import type { Link } from '../protocol.ts';
import type { Route } from '../table/route.ts';
import { type Destination, Recipient, type RecipientOptions } from './recipient.ts';

/** What an audience follows from. */
export interface Stage {
  readonly name: string;
  readonly link: Link;
  readonly configuration: InterfaceConfiguration;
  readonly policy: readonly PolicyRule[];
}

export class Audience {
  #stage: Stage;
  #recipients: readonly Recipient[];

  constructor(stage: Stage) {
    this.#stage = stage;
    this.#recipients = recipientOptions(stage).map((options) => new Recipient(options));
  }

  /** Who gets every update; nobody if none are sent. */
  get recipients(): readonly Recipient[] {
    return this.#recipients;
  }

  /** Who is asked for everything: also where we are passive, but not where nothing would be learned or sent. */
  get asked(): readonly Destination[] {
    const { noListen, receiveVersion } = this.#stage.configuration;
    return noListen || receiveVersion === 'none' ? [] : destinations(this.#stage);
  }

  /** Who asks us, as somebody to answer to. */
  asRecipient(asker: Address, version: Version): Recipient {
    const subnet = this.#stage.link.towards(asker);
    return new Recipient(optionsTo(this.#stage, { destination: asker, subnet, version }, asker));
  }

  /**
   * Keeps those that go on, with what was said to them.
   * @param routes what was spoken of until now
   * @returns those whom nothing will be said any more
   */
  revise(stage: Stage, routes: Iterable<Route>): readonly Recipient[] {
    this.#stage = stage;
    const before = new Map(this.#recipients.map((recipient) => [recipient.key, recipient]));
    this.#recipients = recipientOptions(stage).map((options) => {
      const fresh = new Recipient(options);
      const known = before.get(fresh.key);
      if (known === undefined) return fresh;
      before.delete(fresh.key);
      known.configure(options, routes);
      return known;
    });
    return [...before.values()];
  }
}

type Target = Pick<RecipientOptions, 'destination' | 'subnet' | 'version'> & { readonly neighbor?: Address };

function destinations(stage: Stage): readonly Destination[] {
  return targets(stage).map(({ destination, subnet, version }) => ({
    destination,
    source: subnet.address,
    version,
  }));
}

function recipientOptions(stage: Stage): readonly RecipientOptions[] {
  if (stage.configuration.passive) return [];
  return targets(stage).map(({ neighbor, ...target }) => optionsTo(stage, target, neighbor));
}

function targets({ link, configuration }: Stage): readonly Target[] {
  const { sendVersion, neighbors, multicast } = configuration;
  if (sendVersion === 'none' || link.outlets.length === 0) return [];
  const version = sendVersion === '1' ? 1 : 2;
  const all = (multicast ? link.outlets : []).map((subnet) => ({
    destination: link.everybody(subnet, sendVersion),
    subnet,
    version,
  }));
  const each = neighbors.map((neighbor) => ({
    destination: neighbor,
    subnet: link.towards(neighbor),
    version,
    neighbor,
  }));
  // The far end of a point-to-point link may be listed: then it is spoken to under the rules for it.
  const others = all.filter(({ destination }) => !neighbors.includes(destination));
  return ([...others, ...each] as readonly Target[]).filter(
    (target, at, targets) => targets.findIndex((other) => isSameTarget(other, target)) === at,
  );
}

/** Linux: an interface may have one address several times, with different subnets. */
function isSameTarget(a: Target, b: Target): boolean {
  return a.destination === b.destination && a.subnet.address === b.subnet.address;
}

function optionsTo(
  { name, link, configuration, policy }: Stage,
  target: Pick<RecipientOptions, 'destination' | 'subnet' | 'version'>,
  neighbor: Address | undefined,
): RecipientOptions {
  const { sendVersion, splitHorizon, timers } = configuration;
  return {
    ...target,
    interface: name,
    legible: link.legible(target.subnet, target.version, sendVersion),
    splitHorizon,
    rules: policyFor(policy, 'out', name, neighbor),
    garbageCollection: timers.garbageCollection,
  };
}
