/**
 * FRR beside ripd in one namespace, each with what the other has not: zebra's static routes and those of FRR's bgpd go into
 * RIP, and what RIP has learned goes into BGP. With `kernel.protocol: 210`, so that zebra takes ripd's routes for the
 * kernel's.
 */
import { until } from '@ripstop/lab';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FrrDaemons } from '../kit/frr-daemons.ts';
import { type Protocol, protocols } from '../kit/protocol.ts';
import { frr, installed } from '../kit/requirements.ts';
import { Junction } from './junction.ts';

const canRun = installed('test/interop/zebra-redistribution.test.ts', frr);
const SESSION_MS = 30_000;
/** FRR's number for zebra's static routes; Linux calls another one static. */
const zebraStatic = 196;
const [ours, theirs] = [65_001, 65_002];

describe.skipIf(!canRun)('beside FRR, with kernel.protocol 210', () => {
  let junction: Junction;
  let local: FrrDaemons;
  let remote: FrrDaemons;

  const staticPrefix = (protocol: Protocol): string => protocol.in('10.8.1.0/24');
  const bgpPrefix = (protocol: Protocol): string => protocol.in('10.9.1.0/24');
  const word = ({ family }: Protocol): string => (family === 'ipv4' ? 'ip' : 'ipv6');
  const address = (protocol: Protocol, text: string): string => protocol.in(text).replace(/\/.*/, '');
  /** A BGP router with one neighbor, to which it tells something in both families. */
  const bgp = (
    as: number,
    neighborAs: number,
    neighborAddress: string,
    said: (protocol: Protocol) => string,
  ): string[] => [
    `router bgp ${as}`,
    ` bgp router-id 192.0.2.${as % 10}`,
    ' no bgp ebgp-requires-policy',
    ' no bgp network import-check',
    ' timers bgp 1 3',
    ...protocols.flatMap((protocol) => {
      const neighbor = address(protocol, neighborAddress);
      return [` neighbor ${neighbor} remote-as ${neighborAs}`, ` neighbor ${neighbor} timers connect 1`];
    }),
    ...protocols.flatMap((protocol) => [
      ` address-family ${protocol.family} unicast`,
      `  neighbor ${address(protocol, neighborAddress)} activate`,
      `  ${said(protocol)}`,
      ' exit-address-family',
    ]),
  ];

  beforeAll(async () => {
    const redistribute = [{ source: zebraStatic, metric: 3 }, { source: 'bgp' }];
    junction = await Junction.lay({ protocol: 210 }, { redistribute });
    const { directory } = junction.lab;
    local = new FrrDaemons(junction.router, directory);
    remote = new FrrDaemons(junction.lab.node('peer'), directory);
    await local.start('zebra', []);
    await local.start(
      'staticd',
      protocols.map((each) => `${word(each)} route ${staticPrefix(each)} ${address(each, '10.0.3.2/24')}`),
    );
    await local.start(
      'bgpd',
      bgp(ours, theirs, '10.0.3.2/24', () => 'redistribute kernel'),
    );
    await remote.start('zebra', []);
    await remote.start(
      'bgpd',
      bgp(theirs, ours, '10.0.3.1/24', (each) => `network ${bgpPrefix(each)}`),
    );
  });
  afterAll(() => junction?.close());

  it('zebra’s static routes and those of bgpd come to a neighbor of RIP', async () => {
    for (const protocol of protocols) {
      await junction.reaches('beyond', staticPrefix(protocol));
      await until(
        'BGP has a session',
        SESSION_MS,
        async () => (await junction.routes(bgpPrefix(protocol))).length > 0,
      );
      await junction.reaches('beyond', bgpPrefix(protocol));
    }
  });

  it('what RIP has learned comes to a neighbor of BGP', async () => {
    for (const protocol of protocols) {
      const table = (): Promise<string> => remote.ask(`show bgp ${protocol.family} unicast`);
      await expect.poll(table, { timeout: SESSION_MS }).toContain(Junction.stub(protocol));
    }
  });

  it('what leaves zebra leaves RIP', async () => {
    for (const protocol of protocols) {
      const route = `${word(protocol)} route ${staticPrefix(protocol)} ${address(protocol, '10.0.3.2/24')}`;
      await local.ask('configure terminal', `no ${route}`);
      await expect
        .poll(() => junction.routes(staticPrefix(protocol), 'beyond'), { timeout: SESSION_MS })
        .toEqual([]);
    }
    expect(await junction.heals()).toEqual({ rip: 0, ripng: 0 });
  });
});
