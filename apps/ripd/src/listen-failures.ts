/**
 * Interfaces without a socket: another program has the port, or a right is missing. Before this file: the router's snapshot.
 * After it: `instance`, which tells.
 */
import type { InterfaceSnapshot } from '@ripstop/rip';

type InterfaceState = Pick<InterfaceSnapshot, 'name' | 'loopback' | 'state' | 'reason'>;

/** Why it is not spoken on an interface. */
export interface ListenFailure {
  readonly interface: string;
  readonly reason: string;
}

export function listenFailures(interfaces: readonly InterfaceState[]): readonly ListenFailure[] {
  return interfaces.flatMap(({ name, state, reason = '' }) =>
    state === 'listen-failed' ? [{ interface: name, reason }] : [],
  );
}

/** Whether there is an interface on which neighbors are heard. */
export function isSpoken(interfaces: readonly InterfaceState[]): boolean {
  return interfaces.some(({ loopback, state }) => !loopback && (state === 'up' || state === 'passive'));
}

/** Each cause once: where the reason names its interface, it names all those that have the same. */
export function causesOf(failures: readonly ListenFailure[]): string {
  const groups = new Map<string, ListenFailure[]>();
  for (const failure of failures) {
    const key = named(failure, '');
    groups.set(key, [...(groups.get(key) ?? []), failure]);
  }
  return [...groups.values()]
    .flatMap((group) => {
      const names = group.map((failure) => failure.interface).join(', ');
      return group.slice(0, 1).map((first) => named(first, names));
    })
    .join('; ');
}

/** The reason, with other names in place of its interface's. */
function named({ interface: name, reason }: ListenFailure, names: string): string {
  return reason.replace(` on ${name} `, () => ` on ${names} `);
}
