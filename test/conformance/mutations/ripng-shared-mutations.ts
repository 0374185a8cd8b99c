/**
 * Rules that RIPng has from RIP are kept by the same code. What takes one of them out of RIP takes it out of RIPng too, and
 * the test of RIPng has to notice by itself.
 */
import type { Mutation } from '../mutation.ts';

/** Clauses of RFC 2080, and the clause of RIP that the same code keeps. */
const alike: readonly (readonly [ripng: string, rip: string])[] = [
  [
    '2080 §2: lets the administrator set the cost of each network',
    '2453 §3.9.2: adds the cost of the interface to the metric, up to 16',
  ],
  ['2080 §2.1: listens on UDP port 521', '2453 §3.6: listens on UDP port 520'],
  ['2080 §2.1: sends every packet from port 521', '2453 §3.6: sends every packet from port 520'],
  [
    '2080 §2.1: answers a request to the port that it came from',
    '2453 §3.6: answers a request to the port it came from',
  ],
  [
    '2080 §2.1: preserves the route tag and announces it',
    '2453 §4.2: preserves the route tag and announces it',
  ],
  [
    '2080 §2.1: gives imported routes the tag that is configured for them',
    '2453 §4.2: gives imported routes the tag that is configured for them',
  ],
  [
    '2080 §2.1: ignores a packet that is shorter than its header',
    '2453 §3.6: ignores a packet that is shorter than its header',
  ],
  [
    '2080 §2.1: ignores a packet of another version than 1',
    '2453 §5.1: accepts RIPv1 only with receive-version 1',
  ],
  [
    '2080 §2.1.1: routes via the next hop that is named',
    '2453 §4.4: routes via the next hop that an entry names',
  ],
  [
    '2080 §2.1.1: names the next hop of a route on the link that it is on',
    '2453 §4.4: names the next hop of a route on the link that the next hop is on',
  ],
  [
    '2080 §2.1.1: names no next hop that is not a link-local address',
    '2453 §4.4: names only a next hop on the subnet that the update goes to',
  ],
  [
    '2080 §2.2: originates a default route where the administrator wants it',
    '2453 §3.7: originates a default route where the administrator wants it',
  ],
  [
    '2080 §2.2: lets the administrator choose the metric of the default route',
    '2453 §3.7: lets the administrator choose the metric of the default route',
  ],
  [
    '2080 §2.2: can keep the default route inside the autonomous system',
    '2453 §3.7: can keep the default route inside the autonomous system',
  ],
  ['2080 §2.3: sends the whole table every 30 s', '2453 §3.8: sends the whole table every 30 s'],
  [
    '2080 §2.3: moves every regular update at random, by no more than half of its interval',
    '2453 §3.8: moves every regular update by up to 5 s at random',
  ],
  [
    '2080 §2.3: loses a route that was not refreshed for 180 s',
    '2453 §3.8: loses a route that was not refreshed for 180 s',
  ],
  [
    '2080 §2.3: starts the timeout again with every update for the route',
    '2453 §3.8: starts the timeout again with every update for the route',
  ],
  [
    '2080 §2.3: starts the deletion of a route when its router announces 16',
    '2453 §3.8: starts the deletion of a route when its router announces 16',
  ],
  [
    '2080 §2.3: stops routing over a lost route at once',
    '2453 §3.8: stops routing over a lost route at once',
  ],
  ['2080 §2.3: announces a lost route at once', '2453 §3.4.4: announces a lost route at once'],
  [
    '2080 §2.3: announces a lost route in all updates until its garbage collection ends',
    '2453 §3.8: announces a lost route with metric 16 until its garbage collection ends',
  ],
  ['2080 §2.3: forgets a lost route after 120 s', '2453 §3.8: forgets a lost route after 120 s'],
  [
    '2080 §2.3: takes a new route during garbage collection, which ends then',
    '2453 §3.8: takes a new route during garbage collection, which ends then',
  ],
  [
    '2080 §2.4: ignores a command that is neither request nor response',
    '2453 §3.6: ignores a command that is neither request nor response',
  ],
  [
    '2080 §2.4.1: asks for the whole table on every network when it starts',
    '2453 §3.9.1: asks for the whole table on every network when it starts',
  ],
  [
    '2080 §2.4.1: answers 16 for a destination that it has no explicit route to',
    '2453 §3.9.1: answers 16 for a destination that it has no explicit route to',
  ],
  [
    '2080 §2.4.1: applies split horizon to a whole table that it was asked for',
    '2453 §3.9.1: applies split horizon to a whole table that it was asked for',
  ],
  [
    '2080 §2.4.1: applies no split horizon to the destinations that it was asked for',
    '2453 §3.9.1: applies no split horizon to the destinations that it was asked for',
  ],
  [
    '2080 §2.4.2: handles a response in the same way whatever it was sent for',
    '2453 §3.9.2: handles a response in the same way whatever it was sent for',
  ],
  [
    '2080 §2.4.2: ignores a response that does not come from port 521',
    '2453 §3.9.2: ignores a response that does not come from port 520',
  ],
  [
    '2080 §2.4.2: ignores its own packets, from whichever of its link-local addresses they come',
    '2453 §3.9.2: ignores its own packets, on whatever interface they come back',
  ],
  [
    '2080 §2.4.2: reports and counts the packets that it ignores',
    '2453 §3.9.2: reports and counts the responses that it ignores',
  ],
  [
    '2080 §2.4.2: reports and counts the entries that it ignores',
    '2453 §3.9.2: reports and counts the entries that it ignores',
  ],
  [
    '2080 §2.4.2: adds a route to a destination that it did not know',
    '2453 §3.9.2: adds a route to a destination that it did not know',
  ],
  [
    '2080 §2.4.2: adds the cost of the interface to the metric, up to 16',
    '2453 §3.9.2: adds the cost of the interface to the metric, up to 16',
  ],
  ['2080 §2.4.2: adds no route with metric 16', '2453 §3.9.2: adds no route with metric 16'],
  ['2080 §2.4.2: announces a route that it added', '2453 §3.9.2: announces a route that it added'],
  [
    '2080 §2.4.2: refreshes a route only by responses of the router it came from',
    '2453 §3.9.2: refreshes a route only by responses of the router it came from',
  ],
  [
    '2080 §2.4.2: adopts a higher metric from the router of the route',
    '2453 §3.9.2: adopts a higher metric from the router of the route',
  ],
  [
    '2080 §2.4.2: adopts a lower metric from the router of the route',
    '2453 §3.9.2: adopts a lower metric from the router of the route',
  ],
  [
    '2080 §2.4.2: changes to another router that has a lower metric',
    '2453 §3.9.2: changes to another router that has a lower metric',
  ],
  [
    '2080 §2.4.2: stays with its route when another router has a higher metric',
    '2453 §3.9.2: stays with its route when another router has a higher metric',
  ],
  [
    '2080 §2.4.2: lets no other router withdraw a route',
    '2453 §3.9.2: lets no other router withdraw a route',
  ],
  [
    '2080 §2.4.2: does not start a deletion again when 16 comes again',
    '2453 §3.9.2: does not start a deletion again when 16 comes again',
  ],
  [
    '2080 §2.4.2: changes to an equal route when its own is half timed out',
    '2453 §3.9.2: changes to an equal route when its own is half timed out',
  ],
  [
    '2080 §2.5: sends an answer to the router that asked, alone',
    '2453 §3.10: sends an answer to the router that asked, alone',
  ],
  [
    '2080 §2.5: triggers an update when the metric of a route changes',
    '1812 §F.2.2: triggers an update when a metric rises',
  ],
  [
    '2080 §2.5: sends its updates on every network that it is connected to',
    '2453 §3.10: sends its updates on every network that it is connected to',
  ],
  [
    '2080 §2.5: sends its updates to a list of neighbors as well',
    '2453 §3.10: sends its updates to a list of neighbors as well',
  ],
  [
    '2080 §2.5.1: waits at random from 1 to 5 s after a triggered update before the next',
    '2453 §3.10.1: waits at random from 1 to 5 s after a triggered update before the next',
  ],
  [
    '2080 §2.5.1: announces what changed in the pause by one update at its end',
    '2453 §3.10.1: announces what changed in the pause by one update at its end',
  ],
  [
    '2080 §2.5.1: starts another pause after that update',
    '2453 §3.10.1: starts another pause after that update',
  ],
  [
    '2080 §2.5.1: leaves a change to the regular update if that is due first',
    '2453 §3.10.1: leaves a change to the regular update if that is due first',
  ],
  ['2080 §2.5.1: announces every changed route', '2453 §3.10.1: announces every changed route'],
  [
    '2080 §2.5.1: announces nothing but changed routes',
    '1812 §F.2.2: announces nothing in a triggered update that has not changed since the last regular one',
  ],
  [
    '2080 §2.5.1: sends a triggered update on every network',
    '2453 §3.10.1: sends a triggered update on every network',
  ],
  [
    '2080 §2.5.1: applies split horizon to triggered updates',
    '2453 §3.10.1: applies split horizon to triggered updates',
  ],
  [
    '2080 §2.5.1: sends no triggered update that split horizon leaves empty',
    '2453 §3.10.1: sends no triggered update that split horizon leaves empty',
  ],
  [
    '2080 §2.5.1: clears the change flags only when every network has been served',
    '2453 §3.10.1: clears the change flags only when every network has been served',
  ],
  ['2080 §2.5.2: announces unreachable routes too', '2453 §3.10.2: announces unreachable routes too'],
  [
    '2080 §2.6: poisons the reverse unless it is told otherwise',
    '1812 §F.2.2: splits the horizon with poisoned reverse unless it is told otherwise',
  ],
  [
    '2080 §2.6: splits the horizon on each interface as it is told there',
    '2453 §3.4.3: announces a route where it was learned if split horizon is disabled',
  ],
  [
    '2080 §2.6: announces a route with metric 16 where it was learned, by poisoned reverse',
    '2453 §3.4.3: announces a route with metric 16 where it was learned, by poisoned reverse',
  ],
  [
    '2080 §2.6: leaves a route out where it was learned, by simple split horizon',
    '2453 §3.4.3: leaves a route out where it was learned, by simple split horizon',
  ],
  [
    '2080 §2.6: announces a route where it was learned if split horizon is disabled',
    '2453 §3.4.3: announces a route where it was learned if split horizon is disabled',
  ],
  ...[
    'accepts responses only from the neighbors that a policy names',
    'takes on an interface the prefixes alone that a list allows',
    'takes all prefixes but those that a list disallows',
  ].map(
    (rule) =>
      [`2080 §3: ${rule}`, '1058 §4: accepts responses only from the neighbors that a policy names'] as const,
  ),
  ...[
    'announces on an interface the prefixes alone that a list allows',
    'announces all prefixes but those that a list disallows',
  ].map(
    (rule) =>
      [`2080 §3: ${rule}`, '2453 §3.7: can keep the default route inside the autonomous system'] as const,
  ),
  [
    '2080 §3: sends its updates to none but the listed neighbors where multicast is turned off',
    '2453 §4.5: sends to the listed neighbors alone where multicast is turned off',
  ],
];

/** @throws Error if a clause of RIP is not mutated */
export function ripngSharedMutations(rip: readonly Mutation[]): readonly Mutation[] {
  return alike.flatMap(([clause, known]) => {
    const same = rip.filter((mutation) => mutation.clause === known);
    if (same.length === 0) throw new Error(`no mutation of "${known}", which "${clause}" is like`);
    return same.map((mutation) => ({ ...mutation, clause }));
  });
}
