/**
 * The routers of the process: a `Daemon` for each configuration file. Before this file: `ripd`. After it: `daemon`.
 *
 * Invariants: at start all of them run, or none. After that each ends alone, when its network namespace goes, and is
 * started again by a reload.
 */
import type { DaemonConfiguration } from './configuration.ts';
import { Daemon } from './daemon.ts';

/** What one router is told to do, and where that stands. */
export interface RouterFile {
  readonly file: string;
  readonly configuration: DaemonConfiguration;
}

/** Why a router does not start. */
export interface StartFailure {
  readonly file: string;
  readonly error: Error;
}

export interface RoutersEvents {
  /** All routers that have not ended are ready. Told once. */
  ready(): void;
  /** A router cannot be started again. */
  unrevived(failure: StartFailure): void;
  /** No router is left. */
  deserted(): void;
}

export class Routers {
  readonly #events: RoutersEvents;
  /** Those that run, or are about to, by their files. */
  readonly #daemons = new Map<string, Daemon>();
  /** Files of the routers that are not ready yet. */
  readonly #awaited = new Set<string>();
  #isReady = false;
  #isStopping = false;

  constructor(events: RoutersEvents) {
    this.#events = events;
  }

  /**
   * Starts all routers. If one cannot start, the others end without a word, and the kernel's routes stay as they are: they
   * may be those of an earlier run.
   * @returns what keeps them from starting; nothing: all run
   */
  async start(files: readonly RouterFile[]): Promise<readonly StartFailure[]> {
    for (const { file } of files) this.#awaited.add(file);
    const unmade = files.map((each) => this.#make(each)).filter((failure) => failure !== undefined);
    if (unmade.length > 0) return unmade;
    const starts = await Promise.all([...this.#daemons].map(([file, daemon]) => startOf(file, daemon)));
    const failures = starts.filter((failure) => failure !== undefined);
    // Who is told to stop while starting does not fail.
    if (failures.length === 0 || this.#isStopping) return [];
    await Promise.all([...this.#daemons.values()].map((daemon) => daemon.abandon()));
    return failures;
  }

  /** Each router applies what it can while running; one that has ended is started again. @param files all of them, anew */
  reload(files: readonly RouterFile[]): void {
    for (const each of files) {
      const daemon = this.#daemons.get(each.file);
      if (daemon === undefined) void this.#revive(each);
      else daemon.reload(each.configuration);
    }
  }

  /** Tells the log of every router. */
  warn(message: string): void {
    for (const daemon of this.#daemons.values()) daemon.warn(message);
  }

  /** All say farewell to their neighbors, and leave or remove the kernel's routes. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    await Promise.all([...this.#daemons.values()].map((daemon) => daemon.stop()));
  }

  #make({ file, configuration }: RouterFile): StartFailure | undefined {
    try {
      const daemon = new Daemon(configuration, {
        ready: () => this.#settle(file),
        ended: () => this.#remove(file),
      });
      this.#daemons.set(file, daemon);
      return undefined;
    } catch (error) {
      return { file, error: error as Error };
    }
  }

  async #revive(each: RouterFile): Promise<void> {
    const { file } = each;
    const unmade = this.#make(each);
    const daemon = this.#daemons.get(file);
    const failure = daemon === undefined ? unmade : await startOf(file, daemon);
    if (failure === undefined || this.#isStopping) return;
    this.#daemons.delete(file);
    this.#events.unrevived(failure);
  }

  #remove(file: string): void {
    this.#daemons.delete(file);
    if (this.#isStopping) return;
    if (this.#daemons.size === 0) this.#events.deserted();
    else this.#settle(file);
  }

  #settle(file: string): void {
    this.#awaited.delete(file);
    if (this.#isReady || this.#awaited.size > 0) return;
    this.#isReady = true;
    this.#events.ready();
  }
}

async function startOf(file: string, daemon: Daemon): Promise<StartFailure | undefined> {
  try {
    await daemon.start();
    return undefined;
  } catch (error) {
    return { file, error: error as Error };
  }
}
