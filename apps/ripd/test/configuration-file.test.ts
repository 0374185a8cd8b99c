import { defaultInterfaceConfiguration, defaultRouterConfiguration } from '@ripstop/rip';
import { describe, expect, it } from 'vitest';
import { parseConfiguration, readConfiguration } from '../src/configuration/file.ts';
import { instancesOf } from '../src/configuration.ts';
import { defaultRedistribution, mistakesIn } from './configuration.ts';

describe('a configuration file', () => {
  it('needs only one interface: everything else has its default', () => {
    const { configuration, warnings } = parseConfiguration('ripd.yaml', 'rip: { interfaces: { eth0: {} } }');
    expect(warnings).toEqual([]);
    expect(configuration).toEqual({
      namespace: undefined,
      stateDirectory: '/var/lib/ripd',
      control: { socket: '/run/ripd/ripd.sock', group: 'ripd', mode: 0o660 },
      log: { level: 'info', format: undefined },
      kernel: { table: 254, metric: 20, protocol: 189, onExit: 'remove', staleTime: 60_000 },
      rip: {
        ...defaultRouterConfiguration,
        redistribution: defaultRedistribution,
        interfaces: { eth0: defaultInterfaceConfiguration },
      },
      ripng: undefined,
    });
  });

  it('may be JSON', () => {
    const { configuration } = parseConfiguration('ripd.json', '{"rip":{"interfaces":{"eth0":{"cost":3}}}}');
    expect(configuration.rip?.interfaces.eth0?.cost).toBe(3);
  });

  it('lets a section be empty', () => {
    const { configuration } = parseConfiguration('ripd.yaml', 'kernel:\nrip:\n  interfaces:\n    eth0:\n');
    expect(Object.keys(configuration.rip?.interfaces ?? {})).toEqual(['eth0']);
  });

  it('gives an interface the timers of the instance, and lets it override one', () => {
    const text =
      'rip: { timers: { update: 2.5, timeout: 20 }, interfaces: { a: { timers: { timeout: 9 } }, b: {} } }';
    const interfaces = parseConfiguration('ripd.yaml', text).configuration.rip?.interfaces ?? {};
    expect(interfaces.a?.timers).toEqual({ update: 2_500, timeout: 9_000, garbageCollection: 120_000 });
    expect(interfaces.b?.timers).toEqual({ update: 2_500, timeout: 20_000, garbageCollection: 120_000 });
  });

  it('takes tables and protocols by number or by name', () => {
    const text = 'kernel: { table: 100, protocol: static }\nrip: { interfaces: { eth0: {} } }';
    expect(parseConfiguration('ripd.yaml', text).configuration.kernel).toMatchObject({
      table: 100,
      protocol: 4,
    });
  });

  it('takes where state is kept', () => {
    const text = 'state-directory: /tmp/ripd\nrip: { interfaces: { eth0: {} } }';
    const { configuration, warnings } = parseConfiguration('ripd.yaml', text);
    expect(configuration.stateDirectory).toBe('/tmp/ripd');
    expect(warnings).toEqual([]);
  });

  it.each<[text: string, protocols: string[]]>([
    ['rip: { interfaces: { eth0: {} } }\nripng:\n', ['rip']],
    ['rip:\nripng: { interfaces: { eth0: {} } }\n', ['ripng']],
    ['ripng: { interfaces: { eth0: {} } }\nrip: { interfaces: { eth0: {} } }\n', ['rip', 'ripng']],
  ])('has rip, ripng or both: %j', (text, expected) => {
    const { configuration, warnings } = parseConfiguration('ripd.yaml', text);
    expect(instancesOf(configuration).map(({ protocol }) => protocol.name)).toEqual(expected);
    expect(warnings).toEqual([]);
  });

  it.each([
    [
      'rip:\n  intrfaces: {}\n  interfaces: { a: {} }',
      '2:3: unknown key "intrfaces", expected perhaps "interfaces"',
    ],
    [
      'rip: { interfaces: { a: {} } }\nbgp: 1',
      '2:1: unknown key "bgp", expected one of: netns, state-directory, control',
    ],
    [
      'rip: { interfaces: { a: { cost: 17 } } }',
      '1:33: rip.interfaces.a.cost is 17, expected a whole number from 1 to 16',
    ],
    [
      'rip: { interfaces: { a: { cost: 1.5 } } }',
      '1:33: rip.interfaces.a.cost is 1.5, expected a whole number from 1 to 16',
    ],
    [
      'rip: { interfaces: { a: { passive: yes } } }',
      '1:36: rip.interfaces.a.passive is "yes", expected true or false',
    ],
    ['rip: { interfaces: {} }', '1:8: rip.interfaces is {}, expected at least one interface'],
    ['rip: {}', 'rip.interfaces is missing, expected interface names or patterns, each with its keys'],
    ['ripng: {}', 'ripng.interfaces is missing, expected interface names or patterns, each with its keys'],
    ['ripng: { interfaces: {} }', '1:10: ripng.interfaces is {}, expected at least one interface'],
    ['', 'rip is missing, expected rip or ripng, each with its interfaces'],
    ['rip:\nripng:', '1:1: rip is null, expected rip or ripng, each with its interfaces'],
    ['kernel: { metric: 7 }', 'rip is missing, expected rip or ripng, each with its interfaces'],
    ['kernel: { metric: 0 }', 'rip is missing, expected rip or ripng, each with its interfaces'],
    ['[1]', '1:1: the file is [1], expected a section of keys and values'],
    [
      'rip: { interfaces: { a: {} }, timers: { update: 0 } }',
      '1:49: rip.timers.update is 0, expected a number of seconds above 0 to 86400',
    ],
    [
      'rip: { interfaces: { a: {} }, timers: { update: 86401 } }',
      '1:49: rip.timers.update is 86401, expected a number of seconds above 0 to 86400',
    ],
    [
      'rip: { interfaces: { a: {} }, triggered-update-delay: [5, 1] }',
      'rip.triggered-update-delay is [5,1], expected the shorter pause first: [shortest, longest]',
    ],
    [
      'kernel: { table: nowhere }\nrip: { interfaces: { a: {} } }',
      '1:18: kernel.table is "nowhere", expected a name in rt_tables',
    ],
    [
      'kernel: { on-exit: stay }\nrip: { interfaces: { a: {} } }',
      '1:20: kernel.on-exit is "stay", expected one of: remove, keep',
    ],
    [
      'control: { mode: 660 }\nrip: { interfaces: { a: {} } }',
      '1:18: control.mode is 660, expected permission bits in quotes',
    ],
    ['state-directory: []\nrip: { interfaces: { a: {} } }', 'state-directory is [], expected a path'],
    ['rip: [', '1:7: '],
    ['log: *nowhere', '1:6: an alias stands for nothing, expected its anchor (&) before it'],
    [
      `a: &a [1,1,1,1,1,1,1,1,1]\nb: &b [${'*a,'.repeat(9)}]\nc: &c [${'*b,'.repeat(9)}]\nd: [${'*c,'.repeat(9)}]`,
      'expected fewer aliases',
    ],
    ['rip: { interfaces: { a: {} } }\nrip: { interfaces: { a: {} } }', '2:1: Map keys must be unique'],
  ])('says what is wrong in %j', (text, expected) => {
    expect(mistakesIn(text).join('\n')).toContain(expected);
  });

  it('tells all mistakes at once, in the order of the file', () => {
    const text =
      'log: { level: loud }\nrip:\n  interfaces:\n    a: { cost: 0, colour: red }\nkernel: { metric: 0 }\n';
    expect(mistakesIn(text)).toEqual([
      'ripd.yaml:1:15: log.level is "loud", expected one of: trace, debug, info, warn, error, fatal',
      'ripd.yaml:4:16: rip.interfaces.a.cost is 0, expected a whole number from 1 to 16',
      expect.stringMatching(/^ripd\.yaml:4:19: unknown key "colour", expected /),
      'ripd.yaml:5:19: kernel.metric is 0, expected a whole number from 1 to 4294967295',
    ]);
  });

  it('tells what is there twice beside other mistakes, and each name once', () => {
    const text =
      'prefix-sets: [{ name: lab, prefixes: [] }, { name: lab, prefixes: [x] }, { name: "" }]\n' +
      'rip: { policy: [{ direction: in, action: accept, prefix-set: x }], interfaces: { a: { neighbors: [10.0.0.2, x, 10.0.0.2, y] } } }';
    expect(mistakesIn(text)).toEqual([
      expect.stringContaining('prefix-sets[1].name is "lab", expected a name that no other has'),
      expect.stringContaining('prefix-sets[1].prefixes[0] is "x", expected a prefix'),
      expect.stringContaining('prefix-sets[2].name is "", expected the name of a prefix set'),
      expect.stringMatching(/prefix-set is "x", expected the name of a prefix set: lab$/),
      expect.stringMatching(/neighbors is .*, expected each address once$/),
      expect.stringContaining('neighbors[1] is "x", expected the IPv4 address of a router'),
      expect.stringContaining('neighbors[3] is "y", expected the IPv4 address of a router'),
    ]);
    expect(mistakesIn('rip: { interfaces: { a: { neighbors: [x, y] } } }')).toHaveLength(2);
  });

  it('says so when it cannot be read', () => {
    expect(() => readConfiguration('/nowhere/ripd.yaml')).toThrow(
      '/nowhere/ripd.yaml:1:1: cannot be read (ENOENT), expected a file',
    );
  });
});
