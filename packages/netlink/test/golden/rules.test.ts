// Rules as iproute2 asks for them.
import { littleEndianHost } from '@ripstop/wire';
import { describe, expect, test } from 'vitest';
import { type Golden, read } from './golden.ts';
import * as golden from './rules.ts';

describe.skipIf(!littleEndianHost)('rules', () => {
  const rule = {
    family: 'ipv4',
    destinationLength: 0,
    sourceLength: 0,
    tos: 0,
    headerTable: 0,
    action: 'to-table',
    flags: 0,
  };
  const cases: Record<string, [Golden, object]> = {
    'every selector': [
      golden.rule,
      {
        ...rule,
        destinationLength: 16,
        sourceLength: 8,
        tos: 0x10,
        flags: 0x2,
        source: '10.0.0.0',
        destination: '10.1.0.0',
        mark: 0x10,
        markMask: 0xff,
        inputInterfaceName: 'v0',
        table: 1000,
        priority: 50,
        suppressPrefixLength: 0,
        userIdRange: { start: 100, end: 200 },
        ipProtocol: 6,
        sourcePorts: { start: 10, end: 20 },
        destinationPorts: { start: 80, end: 80 },
      },
    ],
    goto: [golden.ruleGoto, { ...rule, sourceLength: 16, action: 'goto', source: '10.2.0.0', goto: 200 }],
    'of a tunnel': [golden.ruleTunnel, { ...rule, headerTable: 100, tunnelId: 7n }],
  };

  test.each(Object.entries(cases))('%s', (_name, [source, expected]) => {
    const { values, explanation } = read(source);
    expect(values, explanation).toEqual([expected]);
  });
});
