/** What one router of the daemon is told to do: checked, complete, in our own units. Made by `configuration/file`. */
import { type Millis, type Protocol, type RouterConfiguration, rip, ripng } from '@ripstop/rip';
import type { RedistributionSettings } from '@ripstop/router';

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal';
export type LogFormat = 'pretty' | 'json';

export interface DaemonConfiguration {
  /** The name or path of a network namespace; undefined: the process's own. */
  readonly namespace: string | undefined;
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
  /** Undefined: RIP is not spoken. At least one of the two is. */
  readonly rip: ProtocolConfiguration | undefined;
  readonly ripng: ProtocolConfiguration | undefined;
}

export interface ProtocolConfiguration extends RouterConfiguration {
  /** What is taken in from the kernel. */
  readonly redistribution: RedistributionSettings;
}

/** What a protocol does. */
export interface InstanceConfiguration {
  readonly protocol: Protocol;
  readonly router: ProtocolConfiguration;
}

/** The protocols that are spoken, in the order in which they are shown. */
export function instancesOf(
  configuration: Pick<DaemonConfiguration, 'rip' | 'ripng'>,
): readonly InstanceConfiguration[] {
  return [rip, ripng].flatMap((protocol) => {
    const router = configuration[protocol.name];
    return router === undefined ? [] : [{ protocol, router }];
  });
}
