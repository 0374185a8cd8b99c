/**
 * One `ripd` and its fate: killed, told to end, frozen, told to read another configuration, started again. Before this file:
 * `test/kit/ripd.ts`, one run of it. After it: `daemon-happenings.ts`.
 *
 * Invariant: what happens to one daemon happens in order; who asks for it need not wait. A daemon that ends by itself has failed.
 */
import type { LabNode } from '@ripstop/lab';
import { RipdRouter } from '../kit/ripd.ts';
import { calm, configurationOf, type Mood, type RouterName } from './network-plan.ts';

/** Node's own switches: garbage is collected when the probe is asked for what is left. */
const probe = ['--expose-gc', '--import', new URL('./heap-probe.mjs', import.meta.url).href];

export class DaemonLife {
  readonly name: RouterName;
  readonly node: LabNode;
  readonly #directory: string;
  readonly #update: number;
  #mood: Mood = calm;
  #ripd: RipdRouter | undefined;
  #log: readonly string[] = [];
  #isFrozen = false;
  /** The last of what was asked for. */
  #deed: Promise<void> = Promise.resolve();
  #failure: string | undefined;

  /** @param update seconds */
  constructor(name: RouterName, node: LabNode, directory: string, update: number) {
    this.name = name;
    this.node = node;
    this.#directory = directory;
    this.#update = update;
  }

  get mood(): Mood {
    return this.#mood;
  }

  /** @throws Error if it does not run */
  get ripd(): RipdRouter {
    if (this.#ripd === undefined) throw new Error(`${this.name} does not run`);
    return this.#ripd;
  }

  get isRunning(): boolean {
    return this.#ripd !== undefined && !this.#isFrozen;
  }

  /** Why it is not what it should be; undefined: all is as it was asked for. */
  get failure(): string | undefined {
    return this.#failure;
  }

  /** The last lines of the log of its last run. */
  get log(): readonly string[] {
    return this.#log;
  }

  start(): void {
    this.#do(async () => {
      if (this.#ripd !== undefined) return;
      const ripd = await RipdRouter.start(this.node, this.#directory, this.#configuration, probe);
      this.#ripd = ripd;
      this.#log = ripd.daemon.output;
      void ripd.daemon.exited.then((code) => {
        if (this.#ripd === ripd) this.#failure ??= `${this.name} ended by itself with code ${code}`;
      });
    });
  }

  end(signal: 'SIGKILL' | 'SIGTERM'): void {
    this.#do(async () => {
      const ripd = this.#ripd;
      this.#ripd = undefined;
      this.#isFrozen = false;
      const code = await ripd?.daemon.stop(signal);
      if (signal === 'SIGTERM' && code !== undefined && code !== 0)
        this.#failure ??= `${this.name} ended with code ${code} after SIGTERM`;
    });
  }

  /** No other process can tell that from a machine that is much too busy. */
  freeze(): void {
    if (!this.isRunning) return;
    this.ripd.daemon.signal('SIGSTOP');
    this.#isFrozen = true;
  }

  thaw(): void {
    if (this.#isFrozen) this.ripd.daemon.signal('SIGCONT');
    this.#isFrozen = false;
  }

  reload(mood: Mood): void {
    this.#do(async () => {
      this.#mood = mood;
      if (this.isRunning) await this.ripd.reload(this.#configuration);
    });
  }

  /** Resolves when all that was asked for has happened. */
  async settled(): Promise<void> {
    await this.#deed;
  }

  get #configuration(): ReturnType<typeof configurationOf> {
    return configurationOf(this.name, this.#mood, this.#update);
  }

  #do(deed: () => Promise<void>): void {
    this.#deed = this.#deed.then(deed).catch((error: unknown) => {
      this.#failure ??= `${this.name}: ${(error as Error).message}`;
    });
  }
}
