/** An event of a scenario in words. */
import type { Happening } from './scenario.ts';

export function happeningText(event: Happening): string {
  switch (event.type) {
    case 'cut':
      return event.router === undefined
        ? `${event.segment} is cut`
        : `${event.router} is unplugged from ${event.segment}`;
    case 'silence':
      return `${event.segment} swallows every packet`;
    case 'split':
      return `${event.segment} falls apart: ${event.parts.map((part) => part.join(' ')).join(' | ')}`;
    case 'impair':
      return `${event.segment} gets bad: ${conditionsText(event.conditions)}`;
    case 'mend':
      return `${event.segment} is mended`;
    case 'mtu':
      return `${event.segment} has an MTU of ${event.mtu} now`;
    case 'start':
      return `${event.router} starts`;
    case 'stop':
      return `${event.router} is stopped (SIGTERM)`;
    case 'kill':
      return `${event.router} is killed (SIGKILL)`;
    case 'restart':
      return `${event.router} is restarted`;
    case 'drain':
      return `${event.router} is drained`;
    case 'up':
    case 'down':
      return `${event.router}: ip link set ${event.interface} ${event.type}`;
    case 'readdress':
      return `${event.router} has ${event.addresses.join(' and ')} on ${event.interface} now`;
    case 'clock':
      return `${event.router}'s clock is set, now ${event.offset / 1_000} s ahead`;
    case 'reconfigure':
      return `${event.router} gets another configuration`;
    case 'refuse':
      return event.installs === 0
        ? `${event.router}'s kernel takes every route again`
        : `${event.router}'s kernel refuses the next ${event.installs} routes`;
    case 'overrun':
      return `${event.router}'s kernel drops notifications`;
    case 'flush':
      return `someone flushes ${event.router}'s RIP routes`;
  }
}

function conditionsText(conditions: Readonly<Record<string, number>>): string {
  return Object.entries(conditions)
    .map(([name, value]) =>
      name === 'delay' || name === 'jitter' ? `${name} ${value} ms` : `${name} ${Math.round(value * 100)} %`,
    )
    .join(', ');
}
