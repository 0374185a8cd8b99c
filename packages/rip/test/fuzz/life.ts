/**
 * The life of a router: happenings drawn at random until there are enough or a law is broken, and then as few of them as
 * still break one.
 */
import { type Event, interfaceConfiguration, type KeyChain } from '../../src/index.ts';
import {
  hosts,
  interfaceNames,
  randomChain,
  randomConfiguration,
  randomInterface,
} from './configurations.ts';
import { Dice } from './dice.ts';
import { type Happening, textOf } from './happening.ts';
import { prefixes, randomPacket } from './packets.ts';
import { shrunk } from './shrink.ts';
import { Subject } from './subject.ts';

/** Lives one life. @throws Error with the fewest happenings that break a law, as text */
export function live(seed: number, count: number): void {
  const dice = new Dice(seed);
  const subject = new Subject();
  const lived: Happening[] = [];
  try {
    while (lived.length < count) {
      const happening = next(dice, subject, lived.length === 0);
      lived.push(happening);
      subject.take(happening);
    }
  } catch (error) {
    throw new Error(`${messageOf(error)}\n\nHappenings:\n${textOf(shrunk(lived, isBroken))}\n`, {
      cause: error,
    });
  }
}

/** Lives a life that is known. @throws Error if a law is broken */
export function relive(happenings: readonly Happening[]): void {
  const subject = new Subject();
  for (const happening of happenings) subject.take(happening);
}

function isBroken(happenings: readonly Happening[]): boolean {
  try {
    relive(happenings);
    return false;
  } catch {
    return true;
  }
}

function next(dice: Dice, subject: Subject, isFirst: boolean): Happening {
  const { wall } = subject.now;
  if (isFirst || (subject.stopped && dice.chance(0.5))) return { start: randomConfiguration(dice, wall) };
  const opening = [...subject.sockets].filter(([, state]) => state === 'opening').map(([name]) => name);
  if (opening.length > 0 && dice.chance(0.5)) {
    const name = dice.pick(opening);
    if (dice.chance(0.1)) return { event: { type: 'listen-failed', interface: name, reason: 'in use' } };
    return { event: { type: 'listening', interface: name } };
  }
  const roll = dice.below(1_000);
  if (roll < 560) return { event: datagrams(dice, subject) };
  if (roll < 680) return { pass: dice.pick([1, 10, 100, 1_000, 2_500, 6_000]) };
  if (roll < 690) return { sleep: dice.pick([5_000, 50_000, 400_000]) };
  if (roll < 705) return { jump: dice.pick([-3_600_000, -20_000, 20_000, 3_600_000, -wall]) };
  if (roll < 710) return { start: randomConfiguration(dice, wall) };
  if (roll < 770) return { event: { type: 'reconfigured', configuration: reconfiguration(dice, subject) } };
  return { event: otherEvent(dice) };
}

/** Mostly another of everything; sometimes one thing only. */
function reconfiguration(dice: Dice, { configuration, now }: Subject): typeof configuration {
  const other = randomConfiguration(dice, now.wall);
  if (dice.chance(0.3)) return { ...configuration, policy: other.policy };
  if (dice.chance(0.3)) return { ...configuration, maximumPaths: other.maximumPaths, limits: other.limits };
  return other;
}

function datagrams(dice: Dice, subject: Subject): Event {
  const up = [...subject.interfaces.keys()];
  const name = up.length > 0 && dice.chance(0.97) ? dice.pick(up) : dice.pick(interfaceNames);
  const chain = interfaceConfiguration(subject.configuration, name)?.authentication;
  const chains: KeyChain[] = chain === undefined ? [] : [chain];
  if (dice.chance(0.05)) chains.push(randomChain(dice, subject.now.wall));
  const writer = { chains, wall: subject.now.wall, heard: subject.heard };
  return {
    type: 'datagrams-received',
    interface: name,
    datagrams: Array.from({ length: dice.pick([1, 1, 1, 2, 4]) }, () => ({
      source: dice.pick(hosts),
      port: dice.chance(0.9) ? 520 : 40_000,
      bytes: randomPacket(dice, writer),
      ...(dice.chance(0.03) && { farAway: true }),
    })),
  };
}

function otherEvent(dice: Dice): Event {
  const prefix = dice.pick(prefixes);
  const name = dice.pick(interfaceNames);
  const roll = dice.below(100);
  if (roll < 30) {
    const type = dice.pick(['interface-up', 'interface-changed'] as const);
    return { type, interface: randomInterface(dice) };
  }
  if (roll < 40) return { type: 'interface-down', interface: name };
  if (roll < 60) {
    const nextHop = { gateway: '10.0.0.3', interface: 'eth0', interfaceIndex: 1 };
    const metric = dice.pick([undefined, 1, 5, 15, 16]);
    const route = {
      prefix,
      source: 'static',
      metric,
      tag: dice.pick([0, 7]),
      nextHop: dice.pick([undefined, nextHop]),
    };
    return { type: 'redistribution-changed', routes: [route], withdrawn: [] };
  }
  if (roll < 75) return { type: 'redistribution-changed', routes: [], withdrawn: [prefix] };
  if (roll < 80) return { type: 'default-route', present: dice.chance(0.5) };
  if (roll < 85) return { type: 'routes-stand', fates: [{ prefix, state: 'installed' }] };
  if (roll < 88) {
    const state = dice.pick(['shadowed', 'conflict', 'failed', 'failed'] as const);
    return { type: 'routes-stand', fates: [{ prefix, state, reason: 'no such device' }] };
  }
  if (roll < 90) return { type: 'listening', interface: name };
  if (roll < 93) return { type: 'listen-failed', interface: name, reason: 'broken' };
  if (roll < 96) return { type: 'commanded', command: 'drain' };
  if (roll < 97) return { type: 'commanded', command: 'stop' };
  return { type: 'tick' };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
