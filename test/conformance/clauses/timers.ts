/** Clauses about time: regular updates, timeout, garbage collection. */
import { absent, may, must, section, should, topic } from '../clause.ts';

export const timers = topic(
  'Timers',
  section(
    2453,
    '3.8',
    must('sends the whole table every 30 s', 'Speaker.#sendRegularUpdate'),
    must('moves every regular update by up to 5 s at random', 'RipInterface.scheduleUpdate'),
    must('loses a route that was not refreshed for 180 s', 'RouteTable.expire'),
    must('starts the timeout again with every update for the route', 'RouteTable.offer'),
    must('starts the deletion of a route when its router announces 16', 'RouteTable.offer'),
    must('stops routing over a lost route at once', 'Router.#settle'),
    must('announces a lost route with metric 16 until its garbage collection ends', 'RouteTable.expire'),
    must('forgets a lost route after 120 s', 'RouteTable.expire'),
    must('takes a new route during garbage collection, which ends then', 'RouteTable.offer'),
  ),
  section(
    1812,
    'F.2.2',
    must('loses no route for a single update that is missing', 'RouteTable.expire'),
    must('waits for six update intervals by default before it loses a route', 'defaultTimers'),
    may('lets the administrator choose the timeout', 'RouteTable.offer'),
  ),
  section(
    8695,
    '4',
    may('lets an interface have timers of its own', 'RipInterface.timers'),
    should(
      'uses the cost, the metric and the number of paths of the YANG model by default',
      'defaultRouterConfiguration',
    ),
    should('announces no default route unless it is told to', 'defaultRouterConfiguration'),
    absent(
      'may',
      'holds a lost route down before it takes another',
      'because RFC 2453 §3.8 wants a new route to be taken at once',
    ),
    absent(
      'may',
      'suppresses a triggered update within 5 s of a regular one',
      'because RFC 2453 §3.10.1 asks for less: it is left out if the regular one is due first',
    ),
  ),
);

export const counters = topic(
  'Counters',
  section(
    1724,
    '4.1',
    should('counts the changes that it makes to routes', 'RouteTable.settle'),
    should('counts the answers that it gives to requests', 'answer'),
    absent('should', 'answers to SNMP', 'because `ripctl --json` and OpenMetrics tell the same numbers'),
  ),
  section(
    1724,
    '4.2',
    should('counts the responses that it discards, for each interface', 'receive'),
    should('counts the entries that it ignores, for each interface', 'reportEntries'),
    should(
      'counts the triggered updates that it sends, for each interface, and no regular ones',
      'Speaker.#sendTriggeredUpdate',
    ),
  ),
  section(
    1724,
    '4.3',
    should('knows when it last heard each neighbor', 'accept'),
    should('knows the RIP version of each neighbor', 'fateOf'),
    should('counts the responses that it discards, for each neighbor', 'receive'),
    should('counts the entries that it ignores, for each neighbor', 'reportEntries'),
  ),
);
