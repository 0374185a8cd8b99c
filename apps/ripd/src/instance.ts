/**
 * One protocol at work: a `Router` of RIP or of RIPng in its `Runtime`, with real sockets, the real kernel and the log.
 * Before this file: `daemon`, which has one for each protocol that is configured. After it: `router/runtime`.
 *
 * Invariant: nothing that fails in one instance reaches another.
 */
import { type Protocol, Router, type RouterConfiguration, type RouterSnapshot } from '@ripstop/rip';
import { type Journal, Runtime, systemDigest } from '@ripstop/router';
import { Rtnetlink } from '@ripstop/socket';
import type { Logger } from 'pino';
import type { DaemonConfiguration, InstanceConfiguration } from './configuration.ts';
import type { ProtocolStatus } from './control/control-protocol.ts';
import { SystemTimer, systemClock, udpDatagrams } from './host/host.ts';
import { requireFamily } from './host/host-checks.ts';
import { networkWarnings } from './host/network-warnings.ts';
import type { StateDirectory } from './host/state-directory.ts';
import { DropLog } from './log/drop-log.ts';
import { createJournal } from './log/journal.ts';
import { Quiet } from './log/quiet.ts';

/** What an instance shares with the others of its daemon. */
export interface InstanceSurroundings {
  readonly configuration: DaemonConfiguration;
  readonly log: Logger;
  readonly state: StateDirectory;
  /** `look` may see something else than before. Never called from inside a call of the instance. */
  progressed(): void;
}

/**
 * opening: there is an interface where it will be spoken, and is not yet. obstructed: it is spoken nowhere, though it could
 * be. settled: neither.
 */
export type Progress = 'opening' | 'obstructed' | 'settled';

export class Instance {
  readonly protocol: Protocol;
  readonly #configuration: InstanceConfiguration;
  readonly #surroundings: InstanceSurroundings;
  readonly #log: Logger;
  readonly #kernel: Rtnetlink;
  readonly #runtime: Runtime;
  /** As `look` last saw it. */
  #progress: Progress = 'opening';
  #stopped: Promise<void> | undefined;

  /** @throws StartError if the system lacks the protocol's address family; SyscallError if a netlink socket cannot be had */
  constructor(configuration: InstanceConfiguration, surroundings: InstanceSurroundings) {
    const { protocol, router } = configuration;
    const { namespace, kernel } = surroundings.configuration;
    requireFamily(protocol, namespace);
    this.protocol = protocol;
    this.#configuration = configuration;
    this.#surroundings = surroundings;
    this.#log = surroundings.log.child({ protocol: protocol.name });
    this.#kernel = Rtnetlink.open({
      namespace,
      undecodable: (error) => this.#log.warn(`a netlink message could not be read: ${error.message}`),
    });
    const createTimer = (): SystemTimer => new SystemTimer();
    const dropped = new DropLog(this.#log, { clock: systemClock, createTimer });
    const { sequence } = surroundings.state;
    const { table, metric, protocol: number, onExit, staleTime } = kernel;
    this.#runtime = new Runtime(
      new Router(router, { protocol, random: Math.random, digest: systemDigest, sequence }),
      { family: protocol.family, table, metric, protocol: number, onExit, staleTime },
      {
        clock: systemClock,
        createTimer,
        datagrams: udpDatagrams(protocol, namespace, this.#log, new Quiet(systemClock)),
        kernel: this.#kernel,
        state: surroundings.state,
        journal: this.#watchProgress(createJournal(this.#log, protocol, dropped)),
        random: Math.random,
      },
    );
  }

  /**
   * Resolves when the protocol is spoken on every usable interface, or has failed there.
   * @throws SyscallError, NetlinkError, InterruptedDumpError if the kernel cannot be asked; then nothing is left running
   */
  async start(): Promise<void> {
    try {
      await this.#runtime.start();
    } catch (error) {
      this.#kernel.close();
      throw error;
    }
    const { namespace } = this.#surroundings.configuration;
    for (const warning of networkWarnings(this.#configuration, namespace)) this.#log.warn(warning);
  }

  reconfigure(router: RouterConfiguration): void {
    this.#runtime.reconfigure(router);
  }

  drain(): void {
    this.#runtime.drain();
  }

  /** Says farewell to the neighbors, then leaves or removes the kernel's routes. Calling it again waits for the same. */
  stop(): Promise<void> {
    this.#stopped ??= this.#runtime.stop().finally(() => this.#kernel.close());
    return this.#stopped;
  }

  /** Ends without a word, and leaves the kernel's routes as they are. */
  abandon(): void {
    this.#runtime.abandon();
    this.#kernel.close();
  }

  snapshot(): RouterSnapshot {
    return this.#runtime.snapshot().router;
  }

  status(): ProtocolStatus {
    const { router, fib } = this.#runtime.snapshot();
    const reason = obstacleIn(router);
    return { ...router.status, ...(reason !== undefined && { state: 'failed', reason }), kernel: fib };
  }

  /** Why the protocol is spoken nowhere, though it could be: another program has its port, or a right is missing. */
  get obstacle(): string | undefined {
    return obstacleIn(this.snapshot());
  }

  /** How far it has come; the log is told if there is an obstacle, and if there is none any more. */
  look(): Progress {
    const { interfaces } = this.snapshot();
    const { name } = this.protocol;
    const obstacle = obstacleIn({ interfaces });
    const wasObstructed = this.#progress === 'obstructed';
    if (obstacle !== undefined) {
      if (!wasObstructed) this.#log.error(`${name} does not run: ${obstacle}; it is tried again`);
      this.#progress = 'obstructed';
    } else {
      if (wasObstructed) this.#log.info(`${name} runs`);
      const isOpening = interfaces.some(({ state }) => state === 'opening' || state === 'listen-failed');
      this.#progress = isOpening ? 'opening' : 'settled';
    }
    return this.#progress;
  }

  /** The step that reports is still under way: who looks at once sees the state before it. */
  #watchProgress(journal: Journal): Journal {
    return {
      report: (report) => {
        journal.report(report);
        const isNews = report.type.startsWith('interface-') && this.#progress !== 'settled';
        if (isNews || report.type === 'listen-failed') setImmediate(() => this.#surroundings.progressed());
      },
    };
  }
}

function obstacleIn({ interfaces }: Pick<RouterSnapshot, 'interfaces'>): string | undefined {
  const failed = interfaces.filter(({ state }) => state === 'listen-failed');
  const isSpoken = interfaces.some(
    ({ loopback, state }) => !loopback && (state === 'up' || state === 'passive'),
  );
  return failed.length === 0 || isSpoken ? undefined : failed.map(({ reason }) => reason).join('; ');
}
