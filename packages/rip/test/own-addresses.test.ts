/** Which addresses are this router's own, and who cannot be a neighbor for that: RFC 2453 §3.9.2, RFC 2080 §2.4.2. */
import { describe, expect, test } from 'vitest';
import { defaultInterfaceConfiguration, type Protocol, rip, ripng } from '../src/index.ts';
import { RipInterface } from '../src/interface/interface.ts';
import { OwnAddresses } from '../src/interface/own-addresses.ts';
import { target, twoPorts } from './driver.ts';

/** Two interfaces, and which of two given addresses can only be ours on the first of them. */
function ownOf(protocol: Protocol, eth0: readonly string[], eth1: readonly string[]) {
  const interfaces = [target('eth0', 1, ...eth0), target('eth1', 2, ...eth1)] as const;
  const on = new RipInterface(protocol, interfaces[0], defaultInterfaceConfiguration, []);
  return { own: new OwnAddresses(protocol, interfaces), on };
}

describe('whose an address is', () => {
  test('in RIP an address of any interface is ours wherever it comes from', () => {
    const { own, on } = ownOf(rip, ['10.0.0.1/24'], ['10.0.1.1/24']);
    expect(own.isOurs('10.0.0.1', on)).toBe(true);
    expect(own.isOurs('10.0.1.1', on)).toBe(true);
    expect(own.isOurs('10.0.1.2', on)).toBe(false);
  });

  test('a link-local address of another interface may be somebody else', () => {
    const { own, on } = ownOf(ripng, ['fe80::a/64'], ['fe80::b/64', '2001:db8::1/64']);
    expect(own.has('fe80::b')).toBe(true);
    expect(own.isOurs('fe80::a', on)).toBe(true);
    expect(own.isOurs('fe80::b', on)).toBe(false);
    expect(own.isOurs('2001:db8::1', on)).toBe(true);
  });

  test('all of them are listed, each once', () => {
    const { own } = ownOf(ripng, ['fe80::1/64', '2001:db8::1/64'], ['fe80::1/64']);
    expect([...own]).toEqual(['fe80::1', '2001:db8::1']);
  });
});

describe('a neighbor whose address becomes ours', () => {
  test('is none any more in RIP, on whatever interface the address is', () => {
    const driver = twoPorts();
    driver.hear('eth0', '10.0.0.2', { '10.1.0.0/16': 2 });
    driver.readdress('eth1', '10.0.1.1/24', '10.0.0.2/32');
    expect(driver.snapshot().neighbors).toEqual([]);
    expect(driver.kernel()).toEqual({});
  });

  test('stays one in RIPng while the address is on another interface, and is none on its own', () => {
    const driver = twoPorts(undefined, undefined, ripng);
    driver.hear('eth0', 'fe80::2', { '2001:db8:1::/48': 2 });
    driver.readdress('eth1', 'fe80::b/64', 'fe80::2/64');
    expect(driver.kernel()).toEqual({ '2001:db8:1::/48': ['fe80::2'] });
    driver.readdress('eth0', 'fe80::a/64', 'fe80::2/64');
    expect(driver.snapshot().neighbors).toEqual([]);
    expect(driver.kernel()).toEqual({});
  });
});
