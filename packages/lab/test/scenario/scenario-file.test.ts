import { describe, expect, it } from 'vitest';
import { ScenarioFileError } from '../../src/scenario/checked-yaml.ts';
import { parseScenario } from '../../src/scenario/scenario-file.ts';

const network = `
rip: { timers: { update: 2, timeout: 12 }, triggered-update-delay: [0, 0.5] }
ripng: { timers: { update: 3 } }
routers:
  west: {}
  east: { clock: 60, on-exit: keep, rip: { maximum-paths: 1 } }
links:
  wire: { west: [10.0.1.1/24, "2001:db8::1/64"], east: { address: [10.0.1.2/24, 10.0.2.2/24], cost: 3, split-horizon: simple, passive: true, no-listen: true } }
`;

function mistakes(text: string): string[] {
  try {
    parseScenario('file.yaml', text);
    return [];
  } catch (error) {
    if (!(error instanceof ScenarioFileError)) throw error;
    return error.message.split('\n');
  }
}

describe('a scenario file', () => {
  it('describes a network in the words of ripd', () => {
    const { routers, segments, seed } = parseScenario('file.yaml', `seed: 7${network}`);
    expect(seed).toBe(7);
    expect(segments).toMatchObject([
      {
        name: 'wire',
        ends: [
          { router: 'west', interface: 'wire', addresses: ['10.0.1.1/24', '2001:db8::1/64'] },
          { router: 'east', interface: 'wire', addresses: ['10.0.1.2/24', '10.0.2.2/24'] },
        ],
      },
    ]);
    expect(routers).toMatchObject([
      {
        name: 'west',
        clockOffset: 0,
        onExit: 'remove',
        configurations: {
          rip: {
            maximumPaths: 8,
            triggeredUpdateDelay: [0, 500],
            interfaces: {
              wire: { cost: 1, timers: { update: 2_000, timeout: 12_000, garbageCollection: 120_000 } },
            },
          },
          ripng: {
            maximumPaths: 8,
            interfaces: { wire: { sendVersion: '1', timers: { update: 3_000, timeout: 180_000 } } },
          },
        },
      },
      {
        name: 'east',
        clockOffset: 60_000,
        onExit: 'keep',
        configurations: {
          rip: {
            maximumPaths: 1,
            interfaces: { wire: { cost: 3, splitHorizon: 'simple', passive: true, noListen: true } },
          },
          ripng: { maximumPaths: 8, interfaces: { wire: { cost: 3, splitHorizon: 'simple' } } },
        },
      },
    ]);
  });

  it('has events and expectations, in seconds', () => {
    const { events, expectations, end } = parseScenario(
      'file.yaml',
      `${network}
events:
  - { at: 2.5, kill: east }
  - { at: 1, cut: wire, router: west }
  - { at: 1, impair: wire, loss: 0.1, delay: 20 }
  - { at: 1, split: wire, parts: [[west], [east]] }
  - { at: 1, clock: west, ahead: -5 }
  - { at: 1, down: west, interface: wire }
  - { at: 1, mtu: wire, bytes: 1280 }
expect:
  - { at: 3, router: west, prefix: 10.0.2.0/24, metric: unreachable }
  - { at: 4, router: west, prefix: 10.0.2.0/24, metric: 2, via: [east] }
end: 10
`,
    );
    expect(end).toBe(10_000);
    expect(events).toEqual([
      { at: 1_000, type: 'cut', segment: 'wire', router: 'west' },
      { at: 1_000, type: 'impair', segment: 'wire', conditions: { loss: 0.1, delay: 20 } },
      { at: 1_000, type: 'split', segment: 'wire', parts: [['west'], ['east']] },
      { at: 1_000, type: 'clock', router: 'west', offset: -5_000 },
      { at: 1_000, type: 'down', router: 'west', interface: 'wire' },
      { at: 1_000, type: 'mtu', segment: 'wire', mtu: 1_280 },
      { at: 2_500, type: 'kill', router: 'east' },
    ]);
    expect(expectations).toEqual([
      { at: 3_000, router: 'west', prefix: '10.0.2.0/24', metric: 16, via: undefined },
      { at: 4_000, router: 'west', prefix: '10.0.2.0/24', metric: 2, via: ['east'] },
    ]);
  });

  it.each([
    ['rip:\nrouters: [', /^file\.yaml:2:11: /],
    ['rip:', 'file.yaml:1:1: routers is missing, expected at least one router'],
    [
      'router: {}\nrouters: { a: {} }',
      /^file\.yaml:1:1: there is no router here, expected one of: seed, rip, ripng, routers/,
    ],
    ['routers:\n  a: { speed: 3 }', /^file\.yaml:2:8: there is no speed here/],
    [
      'routers: { a: {} }\nrip: { timers: { update: 0 } }',
      /^file\.yaml:2:26: rip\.timers\.update is 0, expected seconds from 0\.001/,
    ],
    [
      'routers: { a: {} }\nrip: { triggered-update-delay: [5, 1] }',
      /two numbers of seconds, the shorter first/,
    ],
    [
      'routers: { a: {} }\nlinks: { l: { b: 10.0.0.1/24 } }',
      'file.yaml:2:15: there is no router b, expected one of: a',
    ],
    [
      'routers: { a: {} }\nlinks: { l: { a: 10.0.0.1 } }',
      /links\.l\.a is "10\.0\.0\.1", expected an address and a prefix length/,
    ],
    [
      'routers: { a: {} }\nlinks: { l: { a: { address: 10.0.0.1/24, cost: 17 } } }',
      /cost is 17, expected a whole number from 1 to 16/,
    ],
    [
      'routers: { a: {} }\nlinks: { this-is-too-long: { a: 10.0.0.1/24 } }',
      /^file\.yaml:2:10: .* has at most 15 bytes/,
    ],
    ['routers: { a: {} }\nlinks: { l: {} }', 'file.yaml:2:10: a link has no end'],
    ['routers: { a: {} }\nlinks: { l: { a: [10.0.0.1/24, fe80::1] } }', /^file\.yaml:2:32: .*"fe80::1"/],
    [
      'routers: { a: {} }\nrip: {}\nlinks: { l: { a: 10.0.0.1/24 } }\nevents: [{ at: 1, mtu: l, bytes: 9 }]',
      /bytes is 9/,
    ],
    [
      'routers: { a: { ripng: {} } }',
      'file.yaml:1:17: there is no ripng here, expected one of: rip, clock, on-exit',
    ],
    ['routers: { a: {}, b_: {} }', /^file\.yaml:1:19: node "b_": .* expected/],
    [
      'routers: { a: {} }\nlinks: { l: { a: { address: 10.0.0.1/24, cost: 1.5 } } }',
      /cost is 1\.5, expected a whole number from 1 to 16/,
    ],
    [`${network}events: [{ at: 1, explode: wire }]`, /expected at, and one of: cut, silence/],
    [`${network}events: [{ at: 1, cut: fire }]`, /events\.0\.cut is "fire", expected one of: wire/],
    [`${network}events: [{ at: 1, kill: wire }]`, /expected one of: west, east/],
    [`${network}events: [{ cut: wire }]`, /events\.0\.at is missing/],
    [
      `${network}events: [{ at: 1, mend: wire, loss: 1 }]`,
      /there is no loss here, expected one of: at, mend/,
    ],
    [`${network}expect: [{ at: 1, router: west, prefix: 10.0.1.1/24, metric: 1 }]`, /expected a prefix like/],
    [
      `${network}expect: [{ at: 1, router: west, prefix: 10.0.1.0/24, metric: 16 }]`,
      /expected unreachable or a whole number from 1 to 15/,
    ],
    [`${network}events: [{ at: 9, cut: wire }]\nend: 8`, /end is 8, expected seconds from 9/],
  ])('tells where it is wrong, and what was expected: %j', (text, expected) => {
    const [first] = mistakes(text.includes('rip:') ? text : `${text}\nrip:`);
    if (typeof expected === 'string') expect(first).toBe(expected);
    else expect(first).toMatch(expected);
  });

  it('has to say what is spoken', () => {
    expect(mistakes('routers: { a: {} }')).toEqual([
      'file.yaml:1:1: rip and ripng are missing, expected one of them, or both',
    ]);
  });

  it('tells all mistakes at once, in their order', () => {
    const found = mistakes('speed: 1\nrouters: { a: { x: 1 } }\nend: -1\nripng:');
    expect(found.map((line) => line.split(': ')[0])).toEqual([
      'file.yaml:1:1',
      'file.yaml:2:17',
      'file.yaml:3:6',
    ]);
  });
});
