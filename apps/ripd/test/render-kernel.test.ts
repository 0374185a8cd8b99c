/** What `ripctl show kernel` prints. */
import type { FibSnapshot, KernelRouteSnapshot } from '@ripstop/router';
import { describe, expect, it } from 'vitest';
import type { KernelAnswer } from '../src/control/control-protocol.ts';
import { renderKernel } from '../src/control/render-kernel.ts';
import { table } from '../src/control/text-table.ts';

const counts: FibSnapshot = {
  wanted: 12,
  installed: 9,
  shadowed: 1,
  conflicting: 1,
  failed: 1,
  stale: 2,
  heals: 30,
  overruns: 0,
};
const hop = (gateway: string, name: string) => ({ gateway, interface: name, interfaceIndex: 2 });
const installed: KernelRouteSnapshot = {
  prefix: '10.8.0.0/16',
  nextHops: [hop('10.0.1.2', 'eth0'), hop('10.0.2.2', 'eth1')],
  state: 'installed',
  heals: 3,
  culprit: 'proto static',
};
const failed: KernelRouteSnapshot = {
  prefix: '10.9.0.0/16',
  nextHops: [hop('10.0.1.9', 'eth0')],
  state: 'failed',
  reason: 'RTM_NEWROUTE: ENETUNREACH: Nexthop has invalid gateway',
  heals: 0,
};
const stale: KernelRouteSnapshot = {
  prefix: '2001:db8::/32',
  nextHops: [],
  state: 'stale',
  reason: 'of an earlier run',
  heals: 0,
};
const answer: KernelAnswer = {
  place: { table: 254, metric: 20, protocol: 189 },
  protocols: [
    { protocol: 'rip', ...counts },
    { protocol: 'ripng', ...counts },
  ],
  routes: [],
};

describe('the kernel’s routes', () => {
  it('are counted for each protocol', () => {
    expect(renderKernel(answer).split('\n')).toEqual([
      'table main, metric 20, proto rip',
      '',
      'Protocol  Wanted  Installed  Shadowed  Conflicting  Failed  Stale  Heals  Overruns',
      'rip           12          9         1            1       1      2     30         0',
      'ripng         12          9         1            1       1      2     30         0',
    ]);
  });

  it('stand below, a line for each next hop, with what is in their way and who took them', () => {
    const place = { table: 100, metric: 7, protocol: 200 };
    const protocols = answer.protocols.slice(0, 1);
    const routes = [installed, failed, stale];
    expect(renderKernel({ place, protocols, routes }).split('\n')).toEqual([
      'table 100, metric 7, proto 200',
      '',
      'Wanted  Installed  Shadowed  Conflicting  Failed  Stale  Heals  Overruns',
      '    12          9         1            1       1      2     30         0',
      '',
      'Prefix         Via       Interface  State      Heals',
      '10.8.0.0/16    10.0.1.2  eth0       installed      3',
      '               10.0.2.2  eth1',
      '  last taken by proto static',
      '10.9.0.0/16    10.0.1.9  eth0       failed         0',
      '  RTM_NEWROUTE: ENETUNREACH: Nexthop has invalid gateway',
      '2001:db8::/32  -         -          stale          0',
      '  of an earlier run',
    ]);
  });

  it('can be very many', () => {
    const rows = Array.from({ length: 150_000 }, () => ['10.0.0.0/8']);
    expect(table('Prefix', rows).split('\n')).toHaveLength(150_001);
  });
});
