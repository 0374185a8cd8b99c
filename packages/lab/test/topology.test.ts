import { describe, expect, it } from 'vitest';
import { checkTopology, type LinkEnd, type Topology, TopologyError } from '../src/topology.ts';

function end(node: string, name: string, ...addresses: string[]): LinkEnd {
  return { node, interface: name, addresses };
}

function mistakesOf(topology: Topology): readonly string[] {
  try {
    checkTopology(topology);
    return [];
  } catch (error) {
    if (error instanceof TopologyError) return error.mistakes;
    throw error;
  }
}

/** The mistakes of two nodes with one link, of which one end is given. */
function mistakesOfEnd(given: LinkEnd): readonly string[] {
  return mistakesOf({ nodes: ['a', 'b'], links: [[given, end('b', 'eth0', '10.0.0.2/24')]] });
}

describe('checkTopology', () => {
  it('accepts pairs, stubs and bridges, IPv4 and IPv6', () => {
    const topology = {
      nodes: ['a', 'b-1', 'c'],
      links: [
        [end('a', 'eth0', '10.0.0.1/31', 'fe80::1/64'), end('b-1', 'eth0', '10.0.0.0/31', 'fe80::2/64')],
        [end('a', 'stub', '10.1.0.1/24')],
        [end('a', 'lan'), end('b-1', 'lan'), end('c', '123456789012345')],
      ],
    };
    expect(mistakesOf(topology)).toEqual([]);
  });

  it('names every mistake, not only the first', () => {
    const topology = { nodes: ['a', 'a', '-'], links: [[], [end('x', 'eth0', '10.0.0.1')]] };
    expect(mistakesOf(topology)).toEqual([
      'node "-": 1 to 32 letters, digits and hyphens expected, the first no hyphen',
      'node a: named twice',
      'a link has no end',
      'x:eth0: an address and a prefix length expected (10.0.1.1/24), "10.0.0.1" given',
      'x:eth0: there is no node x',
    ]);
  });

  it('counts the bytes of an interface name, not its letters', () => {
    expect(mistakesOfEnd(end('a', 'ä'.repeat(7)))).toEqual([]);
    expect(mistakesOfEnd(end('a', 'ä'.repeat(8)))).toEqual([
      "a:ääääääää: an interface's name has at most 15 bytes",
    ]);
  });

  it.each(['', '.', '..', 'a b', 'a/b', 'a:b', 'lo'])('refuses %j as the name of an interface', (name) => {
    expect(mistakesOfEnd(end('a', name))).toHaveLength(1);
  });

  it.each(['a'.repeat(33), 'a_b', '../a', '-a', ''])('refuses %j as the name of a node', (name) => {
    expect(mistakesOf({ nodes: [name], links: [] })).toHaveLength(1);
  });

  it.each(['10.0.0.1/33', '10.0.0/24', '10.0.0.1/', '::1/129', '10.0.0.1/24/1', 'fe80::1%eth0/64'])(
    'refuses %j as an address',
    (address) => {
      expect(mistakesOfEnd(end('a', 'eth0', address))).toHaveLength(1);
    },
  );

  it('refuses an address twice on one link, however it is spelled', () => {
    const link = [end('a', 'eth0', '2001:db8::1/64'), end('b', 'eth0', '2001:db8:0::1/64')];
    expect(mistakesOf({ nodes: ['a', 'b'], links: [link] })).toEqual([
      'a:eth0, b:eth0: two of them have the address 2001:db8::1',
    ]);
  });

  it('refuses an interface twice in one node', () => {
    const links = [[end('a', 'eth0', '10.0.0.1/24')], [end('a', 'eth0', '10.0.1.1/24')]];
    expect(mistakesOf({ nodes: ['a'], links })).toEqual(['a:eth0: this interface is named twice']);
  });
});
