/**
 * One router at work, in its network namespace: an `Instance` for each protocol, a log and a control socket. Before this
 * file: `ripd`. After it: `instance`.
 *
 * Invariant: a protocol that cannot run keeps no other from running; only if none can does the daemon not start.
 */
import { performance } from 'node:perf_hooks';
import { isDeepStrictEqual } from 'node:util';
import type { Protocol } from '@ripstop/rip';
import { failureReason } from '@ripstop/router';
import type { Logger } from 'pino';
import { type DaemonConfiguration, type InstanceConfiguration, instancesOf } from './configuration.ts';
import type { DaemonStatus } from './control/control-protocol.ts';
import { type ControlServer, openControlServer } from './control/control-server.ts';
import { daemonStatus, failedStatus } from './control/daemon-status.ts';
import { requireCapabilities, requireDigests } from './host/host-checks.ts';
import { StateDirectory } from './host/state-directory.ts';
import { Instance } from './instance.ts';
import { openLog } from './log/log.ts';
import { protocolTitles } from './protocol-title.ts';
import { StartError } from './start-error.ts';
import { version } from './version.ts';

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
  #ready: (() => void) | undefined;
  /** One reload after the other. */
  #reloads: Promise<void> = Promise.resolve();

  /** @throws StartError that names a missing right; SyscallError if there is no such namespace */
  constructor(configuration: DaemonConfiguration, ready: () => void) {
    const { namespace, stateDirectory, control, log } = configuration;
    const instances = instancesOf(configuration);
    requireCapabilities(
      instances.map(({ protocol }) => protocol),
      namespace,
    );
    for (const { router } of instances) requireDigests(router);
    this.#configuration = configuration;
    this.#ready = ready;
    this.#log = openLog(log.level, log.format);
    this.#state = new StateDirectory({
      directory: stateDirectory,
      socket: control.socket,
      warn: (message) => this.#log.warn(message),
    });
  }

  /**
   * Starts routing. `ready` is called when every protocol that can run does so on every usable interface, which may be
   * later.
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

  /** Says farewell to the neighbors, then leaves or removes the kernel's routes. Calling it again does nothing. */
  async stop(): Promise<void> {
    this.#stopping = true;
    if (this.#started) this.#log.info('ripd stops');
    try {
      await Promise.all([...this.#instances.values()].map((instance) => instance.stop()));
    } finally {
      await this.#close();
    }
  }

  warn(message: string): void {
    this.#log.warn(message);
  }

  async #start(): Promise<void> {
    const { control, namespace } = this.#configuration;
    const instances = instancesOf(this.#configuration);
    const protocols = instances.map(({ protocol }) => protocol.name);
    this.#log.info(
      { version, process: process.pid, protocols, ...(namespace !== undefined && { namespace }) },
      'ripd starts',
    );
    try {
      this.#control = await openControlServer(
        {
          status: () => this.#status(),
          snapshots: () => [...this.#instances.values()].map((instance) => instance.snapshot()),
          drain: () => {
            for (const instance of this.#instances.values()) instance.drain();
          },
        },
        { ...control, warn: (message) => this.#log.warn(message) },
      );
      requireOne(await Promise.all(instances.map((each) => this.#launch(each))), protocols);
    } catch (error) {
      // Not `stop`: the routes that are there may be those of the daemon that runs already.
      for (const instance of this.#instances.values()) instance.abandon();
      await this.#close();
      throw error;
    }
    this.#tellFailures();
    this.#started = true;
    this.#look();
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

  /** Stops what is not configured any more. */
  async #end(name: Protocol['name'], instance: Instance): Promise<void> {
    try {
      await instance.stop();
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
    this.#ready = undefined;
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
    if (this.#ready === undefined || progress.includes('opening')) return;
    this.#ready();
    this.#ready = undefined;
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
