/** Clauses about what is sent: regular and triggered updates, split horizon, the way down. */
import { absent, may, must, section, should, topic } from '../clause.ts';

export const output = topic(
  'Updates',
  section(
    2453,
    '3.10',
    must('sends an answer to the router that asked, alone', 'answer'),
    must('sends its updates on every network that it is connected to', 'Speaker.speak'),
    must(
      'directs updates on a point-to-point link to its far end where it does not multicast',
      'broadcastOf',
    ),
    may('sends its updates to a list of neighbors as well', 'targets'),
  ),
  section(
    2453,
    '3.10.2',
    must('writes zeros where zeros must be', 'ipv4/encodeResponses'),
    must('continues in further packets what one does not hold', 'ipv4/encodeResponses'),
    must('announces unreachable routes too', 'announcement'),
  ),
);

export const triggeredUpdates = topic(
  'Triggered updates',
  section(2453, '3.4.4', must('announces a lost route at once', 'TriggeredUpdate.changed')),
  section(
    2453,
    '3.10.1',
    must('waits at random from 1 to 5 s after a triggered update before the next', 'Speaker.speak'),
    must('announces what changed in the pause by one update at its end', 'TriggeredUpdate.deadline'),
    must('starts another pause after that update', 'Speaker.speak'),
    should('leaves a change to the regular update if that is due first', 'Speaker.speak'),
    must('announces every changed route', 'Speaker.#sendTriggeredUpdate'),
    must('sends a triggered update on every network', 'Speaker.#sendTriggeredUpdate'),
    must('applies split horizon to triggered updates', 'announcement'),
    may('sends no triggered update that split horizon leaves empty', 'Speaker.#sendTriggeredUpdate'),
    must('clears the change flags only when every network has been served', 'Speaker.speak'),
    must('takes no input while it makes an update', 'Runtime'),
  ),
  section(
    1812,
    'F.2.2',
    must('triggers an update when a metric rises', 'RouteTable.settle'),
    must(
      'announces nothing in a triggered update that has not changed since the last regular one',
      'Speaker.#sendTriggeredUpdate',
    ),
    must('sends no triggered update for what a regular one has announced', 'TriggeredUpdate.served'),
    absent(
      'should',
      'announces in a triggered update all that changed since the last regular one',
      'because RFC 2453 §3.10.1 clears the change flags after every triggered update; what was lost on the way comes with the next regular one',
    ),
  ),
);

export const splitHorizon = topic(
  'Split horizon',
  section(
    2453,
    '3.4.3',
    should('announces a route with metric 16 where it was learned, by poisoned reverse', 'announcement'),
    may('leaves a route out where it was learned, by simple split horizon', 'announcement'),
    may('announces a route where it was learned if split horizon is disabled', 'announcement'),
    may('takes back by one metric of 16 what it said before simple split horizon applied', 'announcement'),
    must('applies split horizon to each of the interfaces that a route leads over', 'announcement'),
  ),
  section(
    1812,
    'F.2.2',
    must(
      'splits the horizon with poisoned reverse unless it is told otherwise',
      'defaultInterfaceConfiguration',
    ),
    absent(
      'should',
      'ends the poisoning of a route some time after it changed',
      'because a neighbor that comes later or lost a packet needs it too; where the bytes count, `split-horizon: simple` poisons once',
    ),
  ),
  section(
    1812,
    'F.2.3',
    absent(
      'should',
      'splits the horizon for redistributed routes',
      'because RFC 2453 §4.4 has a better way: their next hop is named on the link that they lead to',
    ),
    absent(
      'should',
      'lets the administrator exempt a static route from split horizon',
      'because the split horizon of an interface can be disabled, and nobody asked for more',
    ),
  ),
);

export const redistribution = topic(
  'Routes from elsewhere',
  section(
    1812,
    '7.4',
    must('announces static routes with the metric that is configured for them', 'Redistribution.#takenOf'),
    must('announces of the static routes those that the administrator lists', 'ruleFor'),
  ),
  section(
    1812,
    '7.6',
    must('takes in the routes of other routing protocols', 'Redistribution'),
    must('takes in nothing that it has put into the kernel itself', 'ForeignRoutes.serving'),
    must('prefers a route of another protocol to one that it has learned', 'choose'),
    should('gives each network the metric of its rule', 'Redistribution.#takenOf'),
  ),
);

export const gracefulShutdown = topic(
  'Graceful shutdown',
  section(
    1812,
    'F.2.3',
    should('takes no responses any more when it drains', 'learn'),
    should('sends four updates at random intervals of 2 to 4 s when it drains', 'Drain'),
    should('announces metric 15 for what it announced as reachable when it drains', 'Drain.leastMetric'),
    should('goes on announcing 16 for what was unreachable when it drains', 'Output.respond'),
  ),
);
