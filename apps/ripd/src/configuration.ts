/** What one router of the daemon is told to do: checked, complete, in our own units. Made by `configuration/file`. */
import type { Millis, RouterConfiguration } from '@ripstop/rip';
import type { NamespaceReference } from '@ripstop/socket';

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal';
export type LogFormat = 'pretty' | 'json';

export interface DaemonConfiguration {
  /** Undefined: the process's own network namespace. */
  readonly namespace: NamespaceReference | undefined;
  /** Where is kept what must outlive a restart: authentication's sequence numbers. */
  readonly stateDirectory: string;
  readonly control: {
    readonly socket: string;
    readonly group: string;
    /** Permission bits. */
    readonly mode: number;
  };
  readonly log: {
    readonly level: LogLevel;
    /** Undefined: pretty on a terminal, else json. */
    readonly format: LogFormat | undefined;
  };
  readonly kernel: {
    /** Number of the routing table. */
    readonly table: number;
    /** Priority of our routes. */
    readonly metric: number;
    /** Number of the routing protocol that our routes carry. */
    readonly protocol: number;
    readonly onExit: 'remove' | 'keep';
    /** How long routes found at start may stay without being announced again. */
    readonly staleTime: Millis;
  };
  readonly rip: RouterConfiguration;
}
