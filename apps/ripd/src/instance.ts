/**
 * One protocol at work: a `Router` of RIP or of RIPng in its `Runtime`, with real sockets, the real kernel and the log.
 * Before this file: `daemon`, which has one for each protocol that is configured. After it: `router/runtime`.
 *
 * Invariant: nothing that fails in one instance reaches another.
 */
import { interfaceConfiguration, type Protocol, Router, type RouterSnapshot } from '@ripstop/rip';
import { type Journal, type KernelRouteSnapshot, Runtime, systemDigest } from '@ripstop/router';
import { type HeldNamespace, NetlinkPrograms, Rtnetlink } from '@ripstop/socket';
import type { Logger } from 'pino';
import type { DaemonConfiguration, InstanceConfiguration, ProtocolConfiguration } from './configuration.ts';
import type { ProtocolStatus } from './control/control-protocol.ts';
import { SystemTimer, systemClock, udpDatagrams } from './host/host.ts';
import { requireFamily } from './host/host-checks.ts';
import { explained, idleInterfaces } from './host/idle-interfaces.ts';
import { networkWarnings } from './host/network-warnings.ts';
import { PortClaim } from './host/port-claim.ts';
import type { StateDirectory } from './host/state-directory.ts';
import { causesOf, isSpoken, listenFailures } from './listen-failures.ts';
import { DropLog } from './log/drop-log.ts';
import { createJournal } from './log/journal.ts';
import { Quiet } from './log/quiet.ts';
import { protocolTitles } from './protocol-title.ts';

/** What an instance shares with the others of its daemon. */
export interface InstanceSurroundings {
  readonly configuration: DaemonConfiguration;
  /** Undefined: the process's own. Held by the daemon. */
  readonly namespace: HeldNamespace | undefined;
  readonly log: Logger;
  readonly state: StateDirectory;
  /** `look` may see something else than before. Never called from inside a call of the instance. */
  progressed(): void;
}

/**
 * opening: there is an interface where it will be spoken, and is not yet. obstructed: it is spoken nowhere, though it could
 * be. settled: neither; on some interfaces it may have failed.
 */
export type Progress = 'opening' | 'obstructed' | 'settled';

export class Instance {
  readonly protocol: Protocol;
  #router: ProtocolConfiguration;
  readonly #surroundings: InstanceSurroundings;
  readonly #log: Logger;
  readonly #kernel: Rtnetlink;
  readonly #claim: PortClaim;
  readonly #runtime: Runtime;
  /** As `look` last saw it. */
  #progress: Progress = 'opening';
  /** Interfaces where it has failed, and why, as `look` last saw them. */
  #failures: ReadonlySet<string> = new Set();
  #isLookDue = false;
  #stopped: Promise<void> | undefined;

  /** @throws StartError if the system lacks the protocol's address family; SyscallError if a netlink socket cannot be had */
  constructor(configuration: InstanceConfiguration, surroundings: InstanceSurroundings) {
    const { protocol, router } = configuration;
    const {
      namespace,
      configuration: { kernel },
    } = surroundings;
    requireFamily(protocol, namespace);
    this.protocol = protocol;
    this.#router = router;
    this.#surroundings = surroundings;
    this.#log = surroundings.log.child({ protocol: protocol.name });
    this.#kernel = Rtnetlink.open({
      namespace,
      undecodable: (error) => this.#log.warn(`a netlink message could not be read: ${error.message}`),
    });
    this.#claim = new PortClaim(protocol, namespace);
    const createTimer = (): SystemTimer => new SystemTimer();
    const dropped = new DropLog(this.#log, { clock: systemClock, createTimer });
    const programs = new NetlinkPrograms(namespace);
    const { sequence } = surroundings.state;
    const { protocol: number, ...place } = kernel;
    const { redistribution } = router;
    this.#runtime = new Runtime(
      new Router(router, { protocol, random: Math.random, digest: systemDigest, sequence }),
      { ...place, family: protocol.family, protocol: number, redistribution },
      {
        clock: systemClock,
        createTimer,
        datagrams: udpDatagrams(protocol, namespace, this.#log, new Quiet(systemClock), this.#claim),
        kernel: this.#kernel,
        state: surroundings.state,
        journal: this.#watched(createJournal(this.#log, protocol, dropped, (port) => programs.at(port))),
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
      this.#close();
      throw error;
    }
    const { protocol } = this;
    const { namespace } = this.#surroundings;
    for (const warning of networkWarnings({ protocol, router: this.#router }, namespace))
      this.#log.warn(warning);
  }

  reconfigure(router: ProtocolConfiguration): void {
    this.#router = router;
    this.#runtime.reconfigure(router, router.redistribution);
  }

  drain(): void {
    this.#runtime.drain();
  }

  /**
   * Says farewell to the neighbors and removes the kernel's routes, or does neither. Calling it again waits for the same.
   * @param onExit as the configuration says, if not given
   */
  stop(onExit?: DaemonConfiguration['kernel']['onExit']): Promise<void> {
    this.#stopped ??= this.#runtime.stop(onExit).finally(() => this.#close());
    return this.#stopped;
  }

  /** Ends without a word, and leaves the kernel's routes as they are. */
  abandon(): void {
    this.#runtime.abandon();
    this.#close();
  }

  snapshot(): RouterSnapshot {
    const { router, duplicates } = this.#runtime.snapshot();
    return { ...router, interfaces: router.interfaces.map((each) => explained(each, duplicates)) };
  }

  kernelRoutes(): readonly KernelRouteSnapshot[] {
    return this.#runtime.kernelRoutes();
  }

  status(): ProtocolStatus {
    const { router, fib, idle, duplicates, redistribution } = this.#runtime.snapshot();
    const { namespace } = this.#surroundings;
    const reason = obstacleIn(router);
    return {
      ...router.status,
      ...(reason !== undefined && { state: 'failed', reason }),
      idle: idleInterfaces({ idle, duplicates }, this.#router, this.protocol.family, namespace),
      kernel: fib,
      redistribution,
    };
  }

  /** Why the protocol is spoken nowhere, though it could be: another program has its port, or a right is missing. */
  get obstacle(): string | undefined {
    return obstacleIn(this.#runtime.snapshot().router);
  }

  /** How far it has come; the log is told if it fails on other interfaces than before, and if it fails on none any more. */
  look(): Progress {
    const { interfaces } = this.#runtime.snapshot().router;
    const title = protocolTitles[this.protocol.name];
    const wasObstructed = this.#progress === 'obstructed';
    const failures = listenFailures(interfaces);
    const told = this.#failures;
    this.#failures = new Set(failures.map((failure) => `${failure.interface} ${failure.reason}`));
    const isObstructed = obstacleIn({ interfaces }) !== undefined;
    const isNews = [...this.#failures].some((failure) => !told.has(failure));
    if (isNews || (failures.length > 0 && isObstructed !== wasObstructed)) {
      const where = isObstructed ? '' : ' everywhere';
      this.#log.error(`${title} does not run${where}: ${causesOf(failures)}; it is tried again`);
    }
    if (told.size > 0 && failures.length === 0 && isSpoken(interfaces)) this.#log.info(`${title} runs`);
    const isOpening = interfaces.some(({ state }) => state === 'opening');
    this.#progress = isObstructed ? 'obstructed' : isOpening ? 'opening' : 'settled';
    return this.#progress;
  }

  #close(): void {
    this.#kernel.close();
    this.#claim.release();
  }

  /** Of addresses, what concerns the interfaces where the protocol is spoken; what may change the progress is noticed. */
  #watched(journal: Journal): Journal {
    return {
      report: (report) => {
        const { type } = report;
        if (
          type === 'address-duplicate' &&
          interfaceConfiguration(this.#router, report.interface) === undefined
        )
          return;
        journal.report(report);
        const isSettled = this.#progress === 'settled' && this.#failures.size === 0;
        if (type === 'listen-failed' || (type.startsWith('interface-') && !isSettled)) this.#lookSoon();
      },
    };
  }

  /** The step that reports is still under way: who looks at once sees the state before it. */
  #lookSoon(): void {
    if (this.#isLookDue) return;
    this.#isLookDue = true;
    setImmediate(() => {
      this.#isLookDue = false;
      this.#surroundings.progressed();
    });
  }
}

function obstacleIn({ interfaces }: Pick<RouterSnapshot, 'interfaces'>): string | undefined {
  const failures = listenFailures(interfaces);
  return failures.length === 0 || isSpoken(interfaces) ? undefined : causesOf(failures);
}
