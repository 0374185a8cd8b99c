/**
 * What happens to the daemons and to the neighbor that only speaks: they come and go, freeze, change their configuration and
 * their mind. Before this file: `daemon-life.ts`, `herald.ts`. After it: `storm.ts`.
 */
import type { Random } from '@ripstop/lab';
import { OUR_METRIC } from './foreign-routes.ts';
import type { Happening, Stage } from './happening.ts';
import { center, moods, type RouterName, routers } from './network-plan.ts';

/** Its neighbors time it out after four updates; it is still there. */
const FREEZE_MS_MAX = 2_000;

export const daemonHappenings: readonly Happening[] = [
  ending('killed', 'SIGKILL', 2.5),
  ending('told to end', 'SIGTERM', 1),
  {
    name: 'frozen',
    weight: 2,
    happen({ network, later }, random) {
      const daemon = network.daemon(random.pick([center, center, ...routers]));
      if (!daemon.isRunning) return;
      const time = random.between(0, FREEZE_MS_MAX);
      daemon.freeze();
      later(time, `${daemon.name} goes on`, () => {
        daemon.thaw();
        return;
      });
      return `${daemon.name} for ${time.toFixed()} ms`;
    },
  },
  {
    name: 'reloaded',
    weight: 2,
    happen({ network }, random) {
      const daemon = network.daemon(random.pick([center, center, ...routers]));
      if (!daemon.isRunning) return;
      const mood = random.pick(moods[daemon.name]);
      daemon.reload(mood);
      return `${daemon.name} with "${mood.name}"`;
    },
  },
  {
    name: 'the speaker falls silent',
    weight: 1,
    happen({ network: { herald }, later }, random) {
      herald.fallSilent();
      const time = random.between(500, 4_000);
      later(time, 'the speaker speaks again', () => {
        herald.recover();
        return;
      });
      return `for ${time.toFixed()} ms`;
    },
  },
  {
    name: 'the speaker changes its mind',
    weight: 3,
    happen({ network: { herald } }, random) {
      const [every, by] = [random.whole(1, 7), random.pick([1, 3, 16])];
      herald.changeMind((number) => number % every === 0, by);
      return `about each ${every}th, by ${by}`;
    },
  },
];

function ending(name: string, signal: 'SIGKILL' | 'SIGTERM', weight: number): Happening {
  return {
    name,
    weight,
    happen(stage, random) {
      const daemon = stage.network.daemon(mortal(stage, random));
      if (!daemon.isRunning) return;
      daemon.end(signal);
      // Who starts takes the routes of our protocol for its own: nobody else's must be among them.
      stage.network.foreign.forget(
        daemon.name,
        ({ protocol, metric, table }) => protocol === 'rip' && metric === OUR_METRIC && table === undefined,
      );
      const time = random.between(0, 2_500);
      stage.later(time, `${daemon.name} is started`, () => {
        daemon.start();
        return;
      });
      return `${daemon.name} for ${time.toFixed()} ms`;
    },
  };
}

function mortal({ isCenterMortal }: Stage, random: Random): RouterName {
  return random.pick<RouterName>(isCenterMortal ? routers : ['west', 'north']);
}
