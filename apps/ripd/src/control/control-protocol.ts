/** What `ripd` and `ripctl` say to each other: HTTP with JSON over a Unix socket; `curl --unix-socket` works too. */
import type { InterfaceSnapshot, NeighborSnapshot, RouteSnapshot, StatusSnapshot } from '@ripstop/rip';
import type { FibSnapshot, KernelRouteSnapshot, RuleSnapshot } from '@ripstop/router';

export const DEFAULT_CONTROL_SOCKET = '/run/ripd/ripd.sock';
/** Bytes of a request's line and headers. */
export const REQUEST_BYTES_MAX = 8_192;
export const CONNECTIONS_MAX = 32;
/** How long either side waits for the other. */
export const PATIENCE_MS = 5_000;

/** One protocol of the daemon. */
export interface ProtocolStatus extends Omit<StatusSnapshot, 'state'> {
  /** failed: it is spoken nowhere, though it could be. */
  readonly state: StatusSnapshot['state'] | 'failed';
  /** Why it has failed. */
  readonly reason?: string;
  /** Interfaces that are there and configured, and of no use to it. */
  readonly idle: readonly IdleStatus[];
  readonly kernel: FibSnapshot;
  /** What each rule takes in from the kernel, in their order. */
  readonly redistribution: readonly RuleSnapshot[];
}

export interface IdleStatus {
  readonly interface: string;
  readonly reason: string;
}

/** The daemon, with the sums over its protocols and the worst of their states. */
export interface DaemonStatus
  extends Omit<ProtocolStatus, 'protocol' | 'reason' | 'idle' | 'redistribution'> {
  readonly version: string;
  readonly process: number;
  /** Milliseconds. */
  readonly uptime: number;
  /** Absent: the process's own. */
  readonly namespace?: string;
  readonly kernel: KernelStatus;
  /** Those that are configured: `rip` before `ripng`. */
  readonly protocols: readonly ProtocolStatus[];
}

/** Where our routes go, and what marks them as ours. */
export interface KernelPlace {
  readonly table: number;
  readonly metric: number;
  readonly protocol: number;
}

interface KernelStatus extends KernelPlace, FibSnapshot {}

/** How the kernel stands to our routes. */
export interface KernelAnswer {
  readonly place: KernelPlace;
  /** Of all routes, whatever was asked for; `rip` before `ripng`. */
  readonly protocols: readonly KernelCounts[];
  /** Those that were asked for, IPv4 first. */
  readonly routes: readonly KernelRouteSnapshot[];
}

interface KernelCounts extends FibSnapshot {
  readonly protocol: ProtocolStatus['protocol'];
}

/** What each path answers with. */
export interface ControlAnswers {
  readonly '/status': DaemonStatus;
  readonly '/interfaces': readonly InterfaceSnapshot[];
  readonly '/neighbors': readonly NeighborSnapshot[];
  /** `?prefix=10.0.0.0/8` that one; `?prefix=10.1.2.3` the one that serves this address. */
  readonly '/routes': readonly RouteSnapshot[];
  /**
   * Of the routes those that are not simply installed; `?all` all; `?prefix=10.0.0.0/8` that one; `?prefix=10.1.2.3` the one
   * that serves this address.
   */
  readonly '/kernel': KernelAnswer;
}

/** What is asked for of a path. */
export interface ControlQuery {
  /** Only with `/routes` and `/kernel`. */
  readonly prefix?: string | undefined;
  /** Only with `/kernel`. */
  readonly all?: boolean | undefined;
}

/** What each path does when it is posted to, and answers with. */
export interface ControlCommands {
  /** Starts the graceful shutdown of RFC 1812 §F.2.3; it takes about 12 s and ends in the state `drained`. */
  readonly '/drain': DaemonStatus;
}

/** Why a request was not done, and what to do about it. */
export class ControlError extends Error {
  override readonly name = 'ControlError';
  readonly code: 'NO_DAEMON' | 'NO_PERMISSION' | 'NOT_FOUND' | 'BAD_REQUEST' | 'NO_ANSWER';
  readonly remedy: string;

  constructor(code: ControlError['code'], message: string, remedy: string) {
    super(message);
    this.code = code;
    this.remedy = remedy;
  }
}
