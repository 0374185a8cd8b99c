// What `rtnl monitor` says has changed.
import { describe, expect, test } from 'vitest';
import type { Fields } from '../src/fields.ts';
import { differencesOf, differenceText } from '../src/monitor/difference.ts';

function texts(before: Fields, after: Fields): string[] {
  return differencesOf(before, after).map(differenceText);
}

describe('what changed is said in a few words', () => {
  test.each<[string, Fields, Fields, string[]]>([
    ['a number', { mtu: 1500 }, { mtu: 1400 }, ['mtu 1500→1400']],
    ['a name', { ifname: 'eth0' }, { ifname: 'lan' }, ['ifname eth0→lan']],
    ['zero is a value', { metric: 0 }, { metric: 5 }, ['metric 0→5']],
    [
      'flags',
      { flags: ['NO-CARRIER', 'BROADCAST', 'UP'] },
      { flags: ['BROADCAST', 'UP', 'LOWER_UP'] },
      ['flags +LOWER_UP -NO-CARRIER'],
    ],
    ['a field more', { mtu: 1 }, { mtu: 1, ifalias: 'uplink' }, ['+ifalias uplink']],
    ['a field less', { mtu: 1, ifalias: 'uplink' }, { mtu: 1 }, ['-ifalias uplink']],
    ['a mark more', {}, { tentative: true, router: null }, ['+tentative', '+router']],
    ['a mark less', { tentative: true, router: null }, {}, ['-tentative', '-router']],
    ['a list of words that comes', {}, { altnames: ['a', 'b'] }, ['+altnames a b']],
    [
      'deep down',
      { linkinfo: { info_kind: 'bridge', info_data: { ageing_time: 1, priority: 2 } } },
      { linkinfo: { info_kind: 'bridge', info_data: { ageing_time: 3, priority: 2 } } },
      ['linkinfo.info_data.ageing_time 1→3'],
    ],
    [
      'what is long is only named',
      { nexthops: [{ gateway: 'a' }] },
      { nexthops: [{ gateway: 'b' }] },
      ['nexthops'],
    ],
    ['what is long and comes', {}, { linkinfo: { info_kind: 'x' } }, ['+linkinfo']],
    ['nothing instead of a name', { link: 'eth1' }, { link: null }, ['link eth1→none']],
    ['several', { mtu: 1, qdisc: 'noop' }, { mtu: 2, qdisc: 'noqueue' }, ['mtu 1→2', 'qdisc noop→noqueue']],
  ])('%s', (_name, before, after, expected) => expect(texts(before, after)).toEqual(expected));
});

describe('what is no change', () => {
  test.each<[string, Fields, Fields]>([
    [
      'equal lists',
      { flags: ['UP'], nexthops: [{ weight: 1 }] },
      { flags: ['UP'], nexthops: [{ weight: 1 }] },
    ],
    ['counters', { stats64: { rx: { bytes: 1 } }, used: 1 }, { stats64: { rx: { bytes: 2 } }, used: 2 }],
    [
      'timers of a bridge',
      { linkinfo: { info_data: { hello_timer: 1, gc_timer: 2 } } },
      { linkinfo: { info_data: { hello_timer: 0, gc_timer: 3 } } },
    ],
    ['a lifetime that runs down', { valid_life_time: 100, expires: 9 }, { valid_life_time: 98, expires: 7 }],
  ])('%s', (_name, before, after) => expect(texts(before, after)).toEqual([]));

  test('a lifetime that is extended is one', () => {
    expect(texts({ valid_life_time: 98 }, { valid_life_time: 100 })).toEqual(['valid_life_time 98→100']);
    expect(texts({}, { expires: 60 })).toEqual(['+expires 60']);
  });
});
