/**
 * THE loop between a router and its ports: events queue up, the router says what has to happen, the ports do it. Before
 * this file: `socket/udp/udp-socket` with datagrams, the kernel with notifications, the timer. After it: `rip/packet` and
 * `rip/router`; then `fib.ts` with the routes.
 *
 * Invariants: events are taken in the order in which they came, one at a time; `step` is never called from inside an
 * action, what became of an action comes back as a later event. There is one alarm, at the router's deadline. Datagrams
 * are stepped before `receive` returns, because their bytes are valid only until then.
 */
import type { Notification, Told } from '@ripstop/netlink';
import type { Action, Event, Millis, Router, RouterConfiguration, RouterSnapshot } from '@ripstop/rip';
import type { AddressFamily } from '@ripstop/wire';
import { Fib } from './fib/fib.ts';
import type { FibSnapshot, KernelRouteSnapshot } from './fib/kernel-view.ts';
import type { FibSettings, RouteAction } from './fib/settings.ts';
import { InterfaceWatch } from './interface-watch.ts';
import type { DuplicateAddress, IdleInterface } from './interfaces.ts';
import type { RouteTold } from './kernel/kernel-route.ts';
import type { DatagramSocket, Ports, Timer } from './ports.ts';
import type { RuleSnapshot } from './redistribution/intake.ts';
import { Redistribution } from './redistribution/redistribution.ts';
import type { RedistributionSettings } from './redistribution/rule.ts';

/** What the kernel is to tell of. */
type Watched = 'link' | 'address' | 'route';

interface RuntimeSettings extends FibSettings {
  /** Absent: nothing is taken from the kernel into RIP. */
  readonly redistribution?: RedistributionSettings;
}

const noRedistribution: RedistributionSettings = { rules: [], mostPerRule: 0 };

interface RuntimeSnapshot {
  readonly router: RouterSnapshot;
  readonly fib: FibSnapshot;
  /** In the order of the rules. */
  readonly redistribution: readonly RuleSnapshot[];
  /** Whether the configuration names them or not. */
  readonly idle: readonly IdleInterface[];
  readonly duplicates: readonly DuplicateAddress[];
}

export class Runtime {
  readonly #router: Router;
  readonly #family: AddressFamily;
  readonly #onExit: FibSettings['onExit'];
  readonly #ports: Ports;
  readonly #timer: Timer;
  readonly #fib: Fib;
  readonly #interfaces: InterfaceWatch;
  readonly #redistribution: Redistribution;
  readonly #sockets = new Map<string, DatagramSocket>();
  /** Why listening failed, as last reported, by interface. */
  readonly #listenFailures = new Map<string, string>();
  readonly #told: (readonly Told<Watched>[])[] = [];
  #isReceiving = false;
  readonly #queue: Event[] = [];
  #isStepping = false;
  #isStopping = false;
  #alarm: Millis = Number.POSITIVE_INFINITY;
  #unwatch: () => void = () => undefined;

  constructor(router: Router, settings: RuntimeSettings, ports: Ports) {
    this.#router = router;
    this.#family = settings.family;
    this.#onExit = settings.onExit;
    this.#ports = ports;
    this.#timer = ports.createTimer();
    this.#interfaces = new InterfaceWatch(settings.family, ports, ({ events, disturbed }) => {
      for (const event of events) {
        if (event.type === 'interface-down') this.#listenFailures.delete(event.interface);
      }
      // Together: a router that starts knows all its subnets before it first speaks of one.
      this.#post(...events);
      this.#redistribution.interfacesChanged();
      if (disturbed) this.#fib.interfacesChanged();
    });
    this.#redistribution = new Redistribution(settings, settings.redistribution ?? noRedistribution, {
      links: this.#interfaces,
      tell: (event) => this.#post(event),
      report: (report) => ports.journal.report(report),
      listWithin: (delay) => this.#fib.listWithin(delay),
    });
    this.#fib = new Fib(settings, ports, (event) => this.#post(event), [this.#redistribution]);
  }

  /**
   * Resolves when RIP runs on every usable interface that the configuration names, or has failed there: the snapshot
   * tells.
   * @throws SyscallError, NetlinkError if the kernel cannot be asked; then nothing is left running
   */
  async start(): Promise<void> {
    this.#unwatch = this.#ports.kernel.subscribe(
      ['link', 'address', 'route'],
      (told) => this.#receive(told),
      () => {
        this.#interfaces.notificationsLost();
        this.#fib.notificationsLost();
      },
      { family: this.#family, receipts: true },
    );
    try {
      await this.#fib.start();
      await this.#interfaces.list();
    } catch (error) {
      this.abandon();
      throw error;
    }
  }

  /** The router may speak on other interfaces after this, and say other things. */
  reconfigure(
    configuration: RouterConfiguration,
    redistribution: RedistributionSettings = noRedistribution,
  ): void {
    this.#post({ type: 'reconfigured', configuration });
    this.#redistribution.reconfigure(redistribution);
  }

  /** Begins the graceful shutdown of RFC 1812 §F.2.3: the neighbors turn away, the kernel's routes stay until `stop`. */
  drain(): void {
    this.#post({ type: 'commanded', command: 'drain' });
  }

  /**
   * Ends in order. Who removes its routes says farewell first, and waits until that has left. Who keeps them goes on
   * forwarding, so it says nothing: a farewell would turn the neighbors away from a way that serves.
   * @param onExit as the settings say, if not given
   * @throws SyscallError, NetlinkError if the kernel cannot be asked; everything else is closed then
   */
  async stop(onExit = this.#onExit): Promise<void> {
    if (this.#isStopping) return;
    this.#end();
    if (onExit === 'remove') this.#post({ type: 'commanded', command: 'stop' });
    await Promise.all([...this.#sockets.values()].map((socket) => socket.close()));
    await this.#fib.stop(onExit);
  }

  /** Ends without a word to the neighbors or the kernel: its routes stay as they are. */
  abandon(): void {
    this.#end();
    for (const name of this.#sockets.keys()) this.#unlisten(name);
    this.#fib.abandon();
  }

  snapshot(): RuntimeSnapshot {
    return {
      router: this.#router.snapshot(this.#ports.clock.now()),
      fib: this.#fib.snapshot(),
      idle: this.#interfaces.idle,
      duplicates: this.#interfaces.duplicates,
      redistribution: this.#redistribution.snapshot(),
    };
  }

  /** How the kernel stands to each route of ours: not in `snapshot`, because there may be very many. */
  kernelRoutes(): KernelRouteSnapshot[] {
    return this.#fib.kernelRoutes();
  }

  /** Nothing comes in any more; routes do not change any more. */
  #end(): void {
    this.#isStopping = true;
    this.#unwatch();
    this.#timer.clear();
    this.#interfaces.stop();
  }

  /** What a `poll` reads while something is being received comes after it. */
  #receive(told: readonly Told<Watched>[]): void {
    this.#told.push(told);
    if (this.#isReceiving) return;
    this.#isReceiving = true;
    for (let next = this.#told.shift(); next !== undefined; next = this.#told.shift()) {
      // Interfaces first: routes over one that is gone are not wanted any more when the fib looks at them.
      this.#interfaces.receive(next.filter(isOfInterface));
      this.#fib.receive(next.filter(isOfRoute));
    }
    this.#isReceiving = false;
  }

  #post(...events: readonly Event[]): void {
    this.#queue.push(...events);
    if (this.#isStepping) return;
    this.#isStepping = true;
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
      this.#perform(this.#router.step(this.#ports.clock.now(), next));
    }
    this.#isStepping = false;
    this.#arm();
  }

  #perform(actions: readonly Action[]): void {
    const routes: RouteAction[] = [];
    for (const action of actions) {
      switch (action.type) {
        case 'listen':
          this.#listen(action);
          break;
        case 'unlisten':
          this.#unlisten(action.interface);
          break;
        case 'send':
          this.#sockets.get(action.interface)?.send(action.packet, action);
          break;
        case 'reserve-sequence':
          this.#ports.state.reserveSequence(action.sequence);
          break;
        case 'install-route':
        case 'remove-route':
          routes.push(action);
          break;
        case 'report':
          this.#ports.journal.report(action.report);
          break;
      }
    }
    if (routes.length > 0 && !this.#isStopping) this.#fib.apply(routes);
  }

  #listen({ interface: target, ttl }: Extract<Action, { type: 'listen' }>): void {
    const { name } = target;
    this.#unlisten(name);
    try {
      const socket = this.#ports.datagrams.open(
        target,
        { ttl },
        (datagrams) => this.#post({ type: 'datagrams-received', interface: name, datagrams }),
        (error) => {
          if (this.#sockets.get(name) !== socket) return;
          this.#sockets.delete(name);
          this.#listenFailed(name, error);
        },
      );
      this.#sockets.set(name, socket);
      this.#fib.listening();
      this.#listenFailures.delete(name);
      this.#post({ type: 'listening', interface: name });
    } catch (error) {
      this.#listenFailed(name, error);
    }
  }

  #listenFailed(name: string, error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    if (this.#listenFailures.get(name) !== reason) {
      this.#listenFailures.set(name, reason);
      this.#ports.journal.report({ type: 'listen-failed', interface: name, reason });
    }
    this.#post({ type: 'listen-failed', interface: name, reason });
  }

  #unlisten(name: string): void {
    void this.#sockets.get(name)?.close();
    this.#sockets.delete(name);
  }

  #arm(): void {
    const { deadline } = this.#router;
    if (deadline === this.#alarm || this.#isStopping) return;
    this.#alarm = deadline;
    this.#timer.set(deadline, () => this.#due(deadline));
  }

  /** What has come in before the deadline comes before it: a burst that is half read is not over. */
  #due(deadline: Millis): void {
    this.#ports.kernel.poll();
    if ([...this.#sockets.values()].some((socket) => socket.isWaiting)) {
      this.#timer.set(deadline, () => this.#due(deadline));
      return;
    }
    this.#alarm = Number.POSITIVE_INFINITY;
    this.#post({ type: 'tick' });
  }
}

/** We change nothing but routes. */
const isOfRoute = (told: Told<Watched>): told is RouteTold => told.object === 'route';
const isOfInterface = (told: Told<Watched>): told is Notification<'link' | 'address'> =>
  told.object !== 'route';
