/** Interfaces without a socket, as the log and `ripctl show status` tell of them. */
import { expect, it } from 'vitest';
import { causesOf, isSpoken, listenFailures } from '../src/listen-failures.ts';

const taken = (name: string, holder: string): string => `UDP port 521 on ${name} is taken by ${holder}`;

it('one cause is told once, with all interfaces that have it', () => {
  const failures = ['lan', 'xa', 'xb'].map((name) => ({ interface: name, reason: taken(name, 'process 7') }));
  expect(causesOf(failures)).toBe('UDP port 521 on lan, xa, xb is taken by process 7');
});

it('different causes stand one after the other', () => {
  const failures = [
    { interface: 'xa', reason: taken('xa', 'process 7') },
    { interface: 'xb', reason: taken('xb', 'process 8') },
    { interface: 'xc', reason: 'too many open files' },
  ];
  expect(causesOf(failures)).toBe(
    'UDP port 521 on xa is taken by process 7; UDP port 521 on xb is taken by process 8; too many open files',
  );
});

it('a name of an interface is text, whatever is in it', () => {
  const failures = ['$&', 'a'].map((name) => ({ interface: name, reason: taken(name, 'process 7') }));
  expect(causesOf(failures)).toBe('UDP port 521 on $&, a is taken by process 7');
});

it('an interface has failed if it has no socket, and a loopback is no place to speak', () => {
  const lo = { name: 'lo', loopback: true, state: 'passive' } as const;
  const failed = { name: 'eth0', loopback: false, state: 'listen-failed', reason: 'no' } as const;
  expect(listenFailures([lo, failed])).toEqual([{ interface: 'eth0', reason: 'no' }]);
  expect(isSpoken([lo, failed])).toBe(false);
  expect(isSpoken([lo, failed, { name: 'eth1', loopback: false, state: 'up' }])).toBe(true);
});
