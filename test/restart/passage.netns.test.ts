// A thousand packets a second through ripd while it crashes, ends, reloads and changes its mind: none is lost.
import { type LabNode, NamespaceLab, until } from '@ripstop/lab';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compile } from '../kit/c-program.ts';
import { untilRouted } from '../kit/kernel.ts';
import { gcc, installed } from '../kit/requirements.ts';
import { RipdRouter } from '../kit/ripd.ts';
import { crossing, neighbor, ofBoth, other, right, settleHosts, sink, sinkSubnet } from './crossing.ts';
import { flooded, untilAnswered } from './flood.ts';

const CONVERGENCE_MS = 30_000;
/** Of the way by `right`. */
const COST = 3;

const middle = (costOfOther: number) => ({
  kernel: { 'on-exit': 'keep' },
  ...ofBoth({
    'triggered-update-delay': [0, 0],
    interfaces: { 'to-left': {}, 'to-right': { cost: COST }, 'to-other': { cost: costOfOther } },
  }),
});
const preferred = middle(COST - 1);
const equal = middle(COST);
const reserve = middle(COST + 1);

interface Status {
  readonly protocols: readonly { readonly kernel: Record<'wanted' | 'installed' | 'stale', number> }[];
}

describe.skipIf(!installed('test/restart/passage', gcc))('Packets of both families', () => {
  let lab: NamespaceLab;
  let node: LabNode;
  let program: string;
  let ripd: RipdRouter;
  let second: RipdRouter;

  /** Resolves when the neighbors have told it everything: long before their next update, and before its stale time. */
  const start = async (configuration = reserve): Promise<void> => {
    ripd = await RipdRouter.start(node, lab.directory, configuration);
    await until('all that was found at start is confirmed', CONVERGENCE_MS, async () => {
      const { protocols } = (await ripd.show('status')) as Status;
      return protocols.every(
        ({ kernel }) => kernel.stale === 0 && kernel.wanted > 0 && kernel.installed === kernel.wanted,
      );
    });
  };
  const startSecond = async (): Promise<void> => {
    second = await RipdRouter.start(lab.node('other'), lab.directory, neighbor);
  };
  const routed = (...gateways: string[]): Promise<void> =>
    untilRouted(node, sinkSubnet, gateways, CONVERGENCE_MS);
  const noneLost = async (happening: () => Promise<void>): Promise<void> => {
    const passages = await flooded(lab.node('source'), program, sink, happening);
    expect(passages).toMatchObject([{ lost: 0 }, { lost: 0 }]);
  };

  beforeAll(async () => {
    lab = await NamespaceLab.lay(crossing);
    program = compile('restart/flood', lab.directory);
    node = lab.node('middle');
    await settleHosts(lab);
    const around = ['left', 'right'].map((name) => RipdRouter.start(lab.node(name), lab.directory, neighbor));
    await Promise.all([...around, startSecond(), start()]);
    await untilAnswered(lab.node('source'), sink, CONVERGENCE_MS);
  });
  afterAll(() => lab?.close());

  it('pass while it is killed and starts again', async () => {
    await noneLost(async () => {
      ripd.daemon.kill();
      await ripd.daemon.exited;
      await start();
    });
  });

  it('pass while it is killed and starts again, over two next hops', async () => {
    await ripd.reload(equal);
    await routed(right, other);
    await noneLost(async () => {
      ripd.daemon.kill();
      await ripd.daemon.exited;
      await start(equal);
      await routed(right, other);
    });
    await ripd.reload(reserve);
    await routed(right);
  });

  it('pass while it ends with `on-exit: keep` and starts again', async () => {
    await noneLost(async () => {
      expect(await ripd.daemon.stop()).toBe(0);
      await start();
    });
  });

  it('pass while it reloads, with other costs too: a second next hop comes, the first one goes, and back', async () => {
    await noneLost(async () => {
      await ripd.reload(reserve);
      await ripd.reload(equal);
      await routed(right, other);
      await ripd.reload(preferred);
      await routed(other);
      await ripd.reload(equal);
      await routed(right, other);
      await ripd.reload(reserve);
      await routed(right);
    });
  });

  it('pass while a neighbor with a better way comes and goes', async () => {
    await ripd.reload(preferred);
    await routed(other);
    await noneLost(async () => {
      expect(await second.daemon.stop()).toBe(0);
      await routed(right);
      await startSecond();
      await routed(other);
    });
  });
});
