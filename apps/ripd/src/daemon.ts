/**
 * One router at work: a `Runtime` in its network namespace, with real sockets, the real kernel, a log and a control
 * socket. Before this file: `ripd`. After it: `router/runtime`.
 */
import { performance } from 'node:perf_hooks';
import { isDeepStrictEqual } from 'node:util';
import { Router } from '@ripstop/rip';
import { type Journal, Runtime, systemDigest } from '@ripstop/router';
import { Rtnetlink } from '@ripstop/socket';
import type { Logger } from 'pino';
import type { DaemonConfiguration } from './configuration.ts';
import type { DaemonStatus } from './control/control-protocol.ts';
import { type ControlServer, openControlServer } from './control/control-server.ts';
import { ripDatagrams, SystemTimer, systemClock } from './host/host.ts';
import { networkWarnings, requireCapabilities, requireDigests } from './host/host-checks.ts';
import { StateDirectory } from './host/state-directory.ts';
import { DropLog } from './log/drop-log.ts';
import { createJournal } from './log/journal.ts';
import { openLog } from './log/log.ts';
import { Quiet } from './log/quiet.ts';
import { StartError } from './start-error.ts';
import { version } from './version.ts';

export class Daemon {
  readonly #log: Logger;
  readonly #kernel: Rtnetlink;
  readonly #runtime: Runtime;
  #configuration: DaemonConfiguration;
  #control: ControlServer | undefined;
  readonly #startedAt = performance.now();
  #started = false;
  #ready: (() => void) | undefined;

  /** @throws SyscallError if a netlink socket cannot be had; StartError that names a missing right */
  constructor(configuration: DaemonConfiguration, ready: () => void) {
    const { namespace, stateDirectory, control, log, kernel, rip } = configuration;
    requireCapabilities(namespace);
    requireDigests(rip);
    this.#configuration = configuration;
    this.#ready = ready;
    this.#log = openLog(log.level, log.format);
    this.#kernel = Rtnetlink.open({
      namespace,
      undecodable: (error) => this.#log.warn(`a netlink message could not be read: ${error.message}`),
    });
    const createTimer = (): SystemTimer => new SystemTimer();
    const dropped = new DropLog(this.#log, { clock: systemClock, createTimer });
    const state = new StateDirectory({
      directory: stateDirectory,
      socket: control.socket,
      warn: (message) => this.#log.warn(message),
    });
    const { table, metric, protocol, onExit, staleTime } = kernel;
    this.#runtime = new Runtime(
      new Router(rip, { random: Math.random, digest: systemDigest, sequence: state.sequence }),
      { family: 'ipv4', table, metric, protocol, onExit, staleTime },
      {
        clock: systemClock,
        createTimer,
        datagrams: ripDatagrams(namespace, this.#log, new Quiet(systemClock)),
        kernel: this.#kernel,
        state,
        journal: this.#watchReadiness(createJournal(this.#log, dropped)),
        random: Math.random,
      },
    );
  }

  /**
   * Starts routing. `ready` is called when RIP runs on every usable interface, which may be later.
   * @throws StartError, SyscallError, NetlinkError that say what is in the way; then nothing is left running
   */
  async start(): Promise<void> {
    const { control, namespace } = this.#configuration;
    this.#log.info(
      { version, process: process.pid, ...(namespace !== undefined && { namespace }) },
      'ripd starts',
    );
    try {
      this.#control = await openControlServer(
        {
          status: () => this.#status(),
          snapshot: () => this.#runtime.snapshot().router,
          drain: () => this.#runtime.drain(),
        },
        { ...control, warn: (message) => this.#log.warn(message) },
      );
      await this.#runtime.start();
      this.#requireSomeInterface();
    } catch (error) {
      // Not `stop`: the routes that are there may be those of the daemon that runs already.
      this.#runtime.abandon();
      await this.#close();
      throw error;
    }
    const interfaces = this.#runtime
      .snapshot()
      .router.interfaces.filter(({ loopback }) => !loopback)
      .map(({ name }) => name);
    for (const warning of networkWarnings(namespace, interfaces)) this.#log.warn(warning);
    this.#started = true;
    this.#checkReadiness();
  }

  /** Applies what can be applied while running; the rest is named in the log. */
  reload(configuration: DaemonConfiguration): void {
    const { rip, ...others } = configuration;
    const { rip: _, ...othersBefore } = this.#configuration;
    const fixed = Object.entries(others).filter(
      ([key, value]) => !isDeepStrictEqual(value, othersBefore[key as keyof typeof othersBefore]),
    );
    for (const [key] of fixed) this.#log.warn(`reload: ${key} changed; that takes a restart`);
    this.#configuration = { ...this.#configuration, rip };
    this.#runtime.reconfigure(rip);
    this.#log.info('reloaded');
  }

  /** Says farewell to the neighbors, then leaves or removes the kernel's routes. Calling it again does nothing. */
  async stop(): Promise<void> {
    if (this.#started) this.#log.info('ripd stops');
    try {
      await this.#runtime.stop();
    } finally {
      await this.#close();
    }
  }

  warn(message: string): void {
    this.#log.warn(message);
  }

  async #close(): Promise<void> {
    this.#ready = undefined;
    await this.#control?.close();
    this.#kernel.close();
  }

  #status(): DaemonStatus {
    const { router, fib } = this.#runtime.snapshot();
    const { namespace, kernel } = this.#configuration;
    const { table, metric, protocol } = kernel;
    return {
      ...router.status,
      version,
      process: process.pid,
      uptime: performance.now() - this.#startedAt,
      ...(namespace !== undefined && { namespace }),
      kernel: { table, metric, protocol, ...fib },
    };
  }

  /** A daemon that can speak nowhere is a mistake of whoever started it: another one runs, or a right is missing. */
  #requireSomeInterface(): void {
    const { interfaces } = this.#runtime.snapshot().router;
    const failed = interfaces.filter(({ state }) => state === 'listen-failed');
    const isListening = interfaces.some(
      ({ loopback, state }) => !loopback && (state === 'up' || state === 'passive'),
    );
    if (failed.length === 0 || isListening) return;
    throw new StartError('NO_INTERFACE', failed.map(({ reason }) => reason).join('; '));
  }

  #watchReadiness(journal: Journal): Journal {
    return {
      report: (report) => {
        journal.report(report);
        // An interface may be the last one that was missing: but the step that reports it is still under way.
        if (report.type.startsWith('interface-') && this.#ready !== undefined)
          setImmediate(() => this.#checkReadiness());
      },
    };
  }

  #checkReadiness(): void {
    if (!this.#started || this.#ready === undefined) return;
    const { interfaces } = this.#runtime.snapshot().router;
    if (interfaces.some(({ state }) => state === 'opening' || state === 'listen-failed')) return;
    this.#ready();
    this.#ready = undefined;
  }
}
