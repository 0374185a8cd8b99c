/**
 * One router at work, in its network namespace: an `Instance` for each protocol, a log and a control socket. Before this
 * file: `routers`. After it: `instance`.
 *
 * Invariants: a protocol that cannot run keeps no other from running; only if none can does the daemon not start. All
 * that is opened is in the namespace that the name led to at start, whatever it leads to later.
 */
import { performance } from 'node:perf_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Protocol } from '@ripstop/rip';
import { failureReason } from '@ripstop/router';
import { HeldNamespace } from '@ripstop/socket';
import type { Logger } from 'pino';
import { type DaemonConfiguration, type InstanceConfiguration, instancesOf } from './configuration.ts';
import type { DaemonStatus } from './control/control-protocol.ts';
import { type ControlServer, openControlServer } from './control/control-server.ts';
import { daemonStatus, failedStatus } from './control/daemon-status.ts';
import { requireCapabilities, requireDigests } from './host/host-checks.ts';
import { watchNamespace } from './host/namespace-watch.ts';
import { StateDirectory } from './host/state-directory.ts';
import { Instance } from './instance.ts';
import { openLog } from './log/log.ts';
import { protocolTitles } from './protocol-title.ts';
import { StartError } from './start-error.ts';
import { version } from './version.ts';

export interface DaemonEvents {
  /** Every protocol that can run does so on every usable interface. Told once. */
  ready(): void;
  /** The router has ended by itself: its network namespace has gone. */
  ended(): void;
}

export class Daemon {
  readonly #log: Logger;
  readonly #state: StateDirectory;
  /** Those that run, or are about to. */
  readonly #instances = new Map<Protocol['name'], Instance>();
  /** Why a protocol that is configured has no instance. */
  readonly #failures = new Map<Protocol['name'], string>();
  #configuration: DaemonConfiguration;
  #control: ControlServer | undefined;
  readonly #startedAt = performance.now();
  #started = false;
  #stopping = false;
  readonly #events: DaemonEvents;
  #isReady = false;
  /** Undefined: the process's own. */
  readonly #namespace: HeldNamespace | undefined;
  #unwatchNamespace: () => void = () => undefined;
  #stopped: Promise<void> | undefined;
  /** One reload after the other. */
  #reloads: Promise<void> = Promise.resolve();

  /** @throws StartError that names a missing right; SyscallError if there is no such namespace */
  constructor(configuration: DaemonConfiguration, events: DaemonEvents) {
    const { namespace, stateDirectory, control, log } = configuration;
    const instances = instancesOf(configuration);
    requireCapabilities(
      instances.map(({ protocol }) => protocol),
      namespace,
    );
    for (const { router } of instances) requireDigests(router);
    this.#configuration = configuration;
    this.#events = events;
    const output = openLog(log.level, log.format);
    // Of several routers in a process, each line says which one speaks.
    this.#log = namespace === undefined ? output : output.child({ namespace });
    this.#state = new StateDirectory({
      directory: stateDirectory,
      socket: control.socket,
      warn: (message) => this.#log.warn(message),
    });
    this.#namespace = namespace === undefined ? undefined : new HeldNamespace(namespace);
  }

  /**
   * Starts routing.
   * @throws StartError, SyscallError, NetlinkError that say what is in the way; then nothing is left running
   */
  async start(): Promise<void> {
    const starting = this.#start();
    // Who fails to start has nothing to reload.
    this.#reloads = starting.catch(() => undefined);
    await starting;
  }

  /** Applies what can be applied while running; the rest is named in the log. What failed is tried again. */
  reload(configuration: DaemonConfiguration): void {
    const { rip, ripng, ...others } = configuration;
    const { rip: _rip, ripng: _ripng, ...othersBefore } = this.#configuration;
    const fixed = Object.entries(others).filter(
      ([key, value]) => !isDeepStrictEqual(value, othersBefore[key as keyof typeof othersBefore]),
    );
    for (const [key] of fixed) this.#log.warn(`reload: ${key} changed; that takes a restart`);
    this.#configuration = { ...this.#configuration, rip, ripng };
    this.#reloads = this.#reloads.then(() => this.#apply());
  }

  /**
   * Says farewell to the neighbors and removes the kernel's routes, or does neither. Calling it again waits for the same.
   * @param onExit as the configuration says, if not given
   */
  stop(onExit?: DaemonConfiguration['kernel']['onExit']): Promise<void> {
    this.#stopped ??= this.#stop(onExit);
    return this.#stopped;
  }

  /** Ends without a word, and leaves the kernel's routes as they are. */
  async abandon(): Promise<void> {
    for (const instance of this.#instances.values()) instance.abandon();
    await this.#close();
  }

  warn(message: string): void {
    this.#log.warn(message);
  }

  async #start(): Promise<void> {
    const { control } = this.#configuration;
    const instances = instancesOf(this.#configuration);
    const protocols = instances.map(({ protocol }) => protocol.name);
    this.#log.info({ version, process: process.pid, protocols }, 'ripd starts');
    try {
      this.#control = await openControlServer(
        {
          status: () => this.#status(),
          snapshots: () => [...this.#instances.values()].map((instance) => instance.snapshot()),
          kernelRoutes: () => [...this.#instances.values()].flatMap((instance) => instance.kernelRoutes()),
          drain: () => {
            for (const instance of this.#instances.values()) instance.drain();
          },
        },
        { ...control, warn: (message) => this.#log.warn(message) },
      );
      requireOne(await Promise.all(instances.map((each) => this.#launch(each))), protocols);
    } catch (error) {
      // Not `stop`: the routes that are there may be those of the daemon that runs already.
      await this.abandon();
      throw error;
    }
    this.#tellFailures();
    this.#started = true;
    if (this.#namespace !== undefined && !this.#stopping)
      this.#unwatchNamespace = watchNamespace(this.#namespace, () => void this.#lose());
    this.#look();
  }

  async #stop(onExit?: DaemonConfiguration['kernel']['onExit']): Promise<void> {
    this.#stopping = true;
    if (this.#started) this.#log.info('ripd stops');
    try {
      await Promise.all([...this.#instances.values()].map((instance) => instance.stop(onExit)));
    } finally {
      await this.#close();
      // The log tells of a turn's routes together, at its end: of those that could not be removed, too.
      await nextTurn();
    }
  }

  /**
   * The namespace has lost its name: no later run will find the routes. Its links work until our sockets are closed, and
   * longer if a process is in it, so the neighbors are told.
   */
  async #lose(): Promise<void> {
    this.#log.error('the network namespace is gone: its router ends');
    try {
      await this.stop('remove');
    } catch (error) {
      this.#log.warn(`routes may be left there: ${failureReason(error)}`);
    }
    this.#events.ended();
  }

  /** Brings the instances in line with the configuration. */
  async #apply(): Promise<void> {
    if (this.#stopping) return;
    const wanted = instancesOf(this.#configuration);
    for (const { protocol, router } of wanted) this.#instances.get(protocol.name)?.reconfigure(router);
    for (const [name, instance] of this.#instances) {
      if (wanted.every(({ protocol }) => protocol.name !== name)) await this.#end(name, instance);
    }
    this.#failures.clear();
    for (const each of wanted) {
      if (!this.#stopping && !this.#instances.has(each.protocol.name)) await this.#launch(each);
    }
    this.#tellFailures();
    this.#look();
    this.#log.info('reloaded');
  }

  /** Stops what is not configured any more. The daemon goes on without it, so nothing of it is kept. */
  async #end(name: Protocol['name'], instance: Instance): Promise<void> {
    try {
      await instance.stop('remove');
      this.#log.info({ protocol: name }, `${protocolTitles[name]} has stopped`);
    } catch (error) {
      const message = `${protocolTitles[name]} may have left routes in the kernel: ${failureReason(error)}`;
      this.#log.error({ protocol: name }, message);
    }
    this.#instances.delete(name);
  }

  /** @returns why the protocol is not spoken though it could be; undefined: it is, or waits for an interface */
  async #launch(configuration: InstanceConfiguration): Promise<Error | undefined> {
    const { name } = configuration.protocol;
    try {
      const instance = new Instance(configuration, {
        configuration: this.#configuration,
        log: this.#log,
        namespace: this.#namespace,
        state: this.#state,
        progressed: () => this.#look(),
      });
      this.#instances.set(name, instance);
      await instance.start();
      const { obstacle } = instance;
      return obstacle === undefined ? undefined : new StartError('NO_INTERFACE', obstacle);
    } catch (error) {
      const reason = failureReason(error);
      this.#instances.delete(name);
      this.#failures.set(name, reason);
      return error as Error;
    }
  }

  #tellFailures(): void {
    for (const [protocol, reason] of this.#failures) {
      this.#log.error(
        { protocol },
        `${protocolTitles[protocol]} does not run: ${reason}; SIGHUP tries again`,
      );
    }
  }

  async #close(): Promise<void> {
    this.#stopping = true;
    this.#unwatchNamespace();
    this.#namespace?.close();
    await this.#control?.close();
  }

  #status(): DaemonStatus {
    const { namespace, kernel } = this.#configuration;
    const { table, metric, protocol } = kernel;
    const protocols = instancesOf(this.#configuration).map(({ protocol: { name } }) => {
      const reason = this.#failures.get(name) ?? 'it is being started';
      return this.#instances.get(name)?.status() ?? failedStatus(name, reason);
    });
    return daemonStatus(
      {
        version,
        process: process.pid,
        uptime: performance.now() - this.#startedAt,
        ...(namespace !== undefined && { namespace }),
        kernel: { table, metric, protocol },
      },
      protocols,
    );
  }

  #look(): void {
    if (!this.#started || this.#stopping) return;
    const progress = [...this.#instances.values()].map((instance) => instance.look());
    if (this.#isReady || progress.includes('opening')) return;
    this.#isReady = true;
    this.#events.ready();
  }
}

/** @throws what is in the way, if that is so for every protocol */
function requireOne(outcomes: readonly (Error | undefined)[], protocols: readonly Protocol['name'][]): void {
  const [first, ...others] = outcomes;
  if (outcomes.includes(undefined) || first === undefined) return;
  if (others.length === 0) throw first;
  const reasons = protocols.map(
    (protocol, at) => `${protocolTitles[protocol]} does not run: ${outcomes[at]?.message}`,
  );
  throw new StartError('NO_PROTOCOL', reasons.join('; '), { cause: first });
}
