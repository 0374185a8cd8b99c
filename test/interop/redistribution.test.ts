/**
 * FRR – ripd – BIRD: what ripd takes from its kernel, as the others see it. Metric, tag, poison, and what FRR's own zebra
 * puts into ripd's kernel. Judged by what the others know, and by their kernels.
 */
import { NamespaceLab } from '@ripstop/lab';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BirdRouter, birdTimers } from '../kit/bird.ts';
import { FrrRouter } from '../kit/frr.ts';
import { untilRouted } from '../kit/kernel.ts';
import { protocols } from '../kit/protocol.ts';
import { bird, frr, installed } from '../kit/requirements.ts';
import { RipdRouter } from '../kit/ripd.ts';

const CONVERGENCE_MS = 30_000;
const convergence = { timeout: CONVERGENCE_MS, interval: 100 };
const canRun = installed('test/interop/redistribution.test.ts', frr, bird);

describe.skipIf(!canRun).each(protocols)('FRR – ripd – BIRD with redistribution: $name', (protocol) => {
  const inFamily = protocol.in;
  const [tagged, plain, reserve, lan] = [
    inFamily('10.8.1.0/24'),
    inFamily('10.8.2.0/24'),
    inFamily('10.1.1.0/24'),
    inFamily('10.5.0.0/24'),
  ];
  const configuration = (rules: readonly object[]) => ({
    'prefix-sets': [{ name: 'tagged', prefixes: [tagged] }],
    [protocol.name]: {
      timers: { update: 3, timeout: 60, 'garbage-collection': 20 },
      'triggered-update-delay': [0.2, 0.5],
      redistribute: rules,
      interfaces: { 'to-*': {} },
    },
  });
  const rules = [
    { source: 'static', 'prefix-set': 'tagged', metric: 4, tag: 77 },
    { source: 'static' },
    { source: 'connected', metric: 2 },
  ];
  let lab: NamespaceLab;
  let ripd: RipdRouter;
  let frrRouter: FrrRouter;
  let birdRouter: BirdRouter;
  let ours: { readonly frr: string; readonly bird: string };
  let gateway: string;

  const ip = (...words: string[]): Promise<string> =>
    lab.node('ripd').exec('ip', protocol.family === 'ipv4' ? '-4' : '-6', ...words);
  const frrKnows = (): Promise<string> =>
    frrRouter.show(protocol.name === 'rip' ? 'show ip rip' : 'show ipv6 ripng');
  const routed = async (prefix: string, isRouted: boolean): Promise<void> => {
    await untilRouted(lab.node('frr'), prefix, isRouted ? [ours.frr] : [], CONVERGENCE_MS);
    await untilRouted(lab.node('bird'), prefix, isRouted ? [ours.bird] : [], CONVERGENCE_MS);
  };

  beforeAll(async () => {
    lab = await NamespaceLab.lay({
      nodes: ['ripd', 'frr', 'bird'],
      links: [
        [
          { node: 'ripd', interface: 'to-frr', addresses: [inFamily('10.0.1.1/24')] },
          { node: 'frr', interface: 'to-ripd', addresses: [inFamily('10.0.1.2/24')] },
        ],
        [
          { node: 'ripd', interface: 'to-bird', addresses: [inFamily('10.0.2.1/24')] },
          { node: 'bird', interface: 'to-ripd', addresses: [inFamily('10.0.2.2/24')] },
        ],
        [{ node: 'ripd', interface: 'lan', addresses: [inFamily('10.5.0.1/24')] }],
        [{ node: 'frr', interface: 'stub', addresses: [inFamily('10.1.1.1/24')] }],
      ],
    });
    const { directory } = lab;
    gateway = inFamily('10.5.0.9/24').replace('/24', '').replace('/64', '');
    ours = {
      frr: await protocol.speaker(lab.node('ripd'), 'to-frr'),
      bird: await protocol.speaker(lab.node('ripd'), 'to-bird'),
    };
    frrRouter = await FrrRouter.start(lab.node('frr'), directory, {
      protocol: protocol.name,
      active: ['to-ripd'],
      stubs: ['stub'],
      router: ['timers basic 5 60 20'],
    });
    birdRouter = await BirdRouter.start(lab.node('bird'), directory, {
      protocol: protocol.name,
      active: ['to-ripd'],
      stubs: [],
      options: birdTimers(2, 60, 20),
    });
    ripd = await RipdRouter.start(lab.node('ripd'), directory, configuration(rules));
  });
  afterAll(() => lab?.close());

  it('the subnet of an interface that does not speak comes to both', async () => {
    await routed(lan, true);
    expect(await frrKnows()).toMatch(line(lan, 3, 0));
  });

  it('static routes come to both as they are made, with metric and tag', async () => {
    await ip('route', 'add', tagged, 'via', gateway, 'proto', 'static');
    await ip('route', 'add', plain, 'via', gateway, 'proto', 'static');
    await ip('route', 'add', inFamily('10.8.3.0/24'), 'via', gateway, 'proto', 'bgp');
    await routed(tagged, true);
    await routed(plain, true);
    expect(await frrKnows()).toMatch(line(tagged, 5, 77));
    expect(await frrKnows()).toMatch(line(plain, 2, 0));
    expect(await birdRouter.show(`route all for ${tagged}`)).toMatch(/RIP\.metric: 5[\s\S]*RIP\.tag: 004d/);
    expect(await frrKnows()).not.toContain(inFamily('10.8.3.0/24'));
    expect(await ripd.show('routes', tagged)).toMatchObject([{ kind: 'redistributed', source: 'static' }]);
  });

  it('what is deleted is unreachable for both at once, long before it would time out', async () => {
    await ip('route', 'del', tagged);
    await routed(tagged, false);
    expect(await frrKnows()).toMatch(line(tagged, 16, 77));
    await routed(plain, true);
  });

  it('what leads over a link that goes down goes with it', async () => {
    await lab.node('ripd').setLink('lan', 'down');
    await routed(plain, false);
    await routed(lan, false);
    await lab.node('ripd').setLink('lan', 'up');
    // Linux: IPv6 addresses go with their link.
    await ip('address', 'replace', inFamily('10.5.0.1/24'), 'dev', 'lan');
    await routed(lan, true);
  });

  it('a reload with other rules holds at once', async () => {
    await ip('route', 'replace', plain, 'via', gateway, 'proto', 'static');
    await routed(plain, true);
    await ripd.reload(configuration([{ source: 'static', metric: 9, tag: 5 }]));
    await expect.poll(frrKnows, convergence).toMatch(line(plain, 10, 5));
    await routed(lan, false);
    await ripd.reload(configuration(rules));
    await routed(lan, true);
  });

  it('what FRR has told does not come back to it, though it is in the kernel, and a route from elsewhere beats it', async () => {
    await untilRouted(
      lab.node('ripd'),
      reserve,
      [await protocol.speaker(lab.node('frr'), 'to-ripd')],
      CONVERGENCE_MS,
    );
    expect(await ripd.show('routes', reserve)).toMatchObject([{ kind: 'learned', metric: 2 }]);
    await ip('route', 'add', reserve, 'via', gateway, 'proto', 'static', 'metric', '2000');
    await untilRouted(lab.node('ripd'), reserve, [], CONVERGENCE_MS);
    expect(await ripd.show('routes', reserve)).toMatchObject([{ kind: 'redistributed', metric: 1 }]);
    await ip('route', 'del', reserve, 'proto', 'static');
    await untilRouted(
      lab.node('ripd'),
      reserve,
      [await protocol.speaker(lab.node('frr'), 'to-ripd')],
      CONVERGENCE_MS,
    );
  });
});

/** A prefix in what FRR shows of RIP or RIPng, with its metric and its tag. */
function line(prefix: string, metric: number, tag: number): RegExp {
  return new RegExp(
    `${prefix.replaceAll('.', '\\.')}\\s+\\S+\\s+(to-ripd )? *${metric} (\\S+ +)?(.* )?${tag} `,
  );
}
