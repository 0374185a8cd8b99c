// Every number, size and offset of our tables against the kernel's own headers, by way of a C program.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { errnoName } from '../src/errno.ts';
import { controlTypes } from '../src/message.ts';
import { registry } from '../src/registry.ts';
import { wirelessCommand, wirelessLengths } from '../src/rtnetlink/link/link-wireless.ts';
import { routeTables } from '../src/rtnetlink/route/route-enumerations.ts';
import { constantNames, memberNames, newerNames } from './c-names.ts';
import { allTables } from './tables.ts';

const HEADERS = [
  'arpa/inet.h',
  'errno.h',
  'stddef.h',
  'stdio.h',
  'sys/socket.h',
  'linux/if.h',
  'linux/if_addr.h',
  'linux/if_bridge.h',
  'linux/if_link.h',
  'linux/if_tun.h',
  'linux/if_vlan.h',
  'linux/if_tunnel.h',
  'linux/fib_rules.h',
  'linux/icmpv6.h',
  'linux/lwtunnel.h',
  'linux/mpls_iptunnel.h',
  'linux/neighbour.h',
  'linux/netlink.h',
  'linux/nexthop.h',
  'linux/rtnetlink.h',
  'linux/seg6.h',
  'linux/seg6_iptunnel.h',
  'linux/seg6_local.h',
  'linux/veth.h',
  'linux/wireless.h',
];

const noCompiler = spawnSync('gcc', ['--version']).error === undefined ? '' : ': no gcc';

describe.skipIf(noCompiler !== '')(`the headers${noCompiler}`, () => {
  const expected = expectedValues();
  const { values, unknown } =
    noCompiler === '' ? valuesInC(Object.keys(expected)) : { values: {}, unknown: [] };

  test('have our numbers, sizes and offsets', () => {
    const known = Object.keys(expected).filter((expression) => !isIn(unknown, expression));
    expect(values).toEqual(Object.fromEntries(known.map((expression) => [expression, expected[expression]])));
    expect(Object.keys(values).length).toBeGreaterThan(500);
  });

  // The title lists them: what is not compared is not passed over in silence.
  test(`are older than these names, which are not compared: ${unknown.join(' ') || 'none'}`, () => {
    expect(unknown.filter((name) => !newerNames.has(name))).toEqual([]);
  });
});

/** C expressions and what our tables say they are. */
function expectedValues(): Record<string, number> {
  const { structs, sets, lists, enumerations, flags } = allTables();
  const expected: Record<string, number> = {};
  const addAll = (prefix: string, numbers: Iterable<readonly [key: string, number: number]>): void => {
    for (const [key, number] of numbers) {
      const name = constantName(prefix, key);
      if ((expected[name] ?? number) !== number)
        throw new Error(`${prefix}.${key}: another ${name} is ${expected[name]}`);
      expected[name] = number;
    }
  };

  for (const [prefix, numbers] of sets) addAll(prefix, numbers);
  for (const [prefix, numbers] of flags) addAll(prefix, numbers);
  for (const [prefix, values] of enumerations) addAll(prefix, values);
  for (const [prefix, { type }] of lists) addAll(prefix, [['item', type]]);
  addAll('RT_TABLE', Object.entries(routeTables));
  for (const { name, type } of registry) expected[name] = type;
  Object.assign(expected, controlTypes, wirelessCommand.values, wirelessLengths);
  for (let errno = 1; errno <= 133; errno += 1) {
    // Linux: 41 and 58 are second names of other errors.
    if (errno !== 41 && errno !== 58) expected[errnoName(errno)] = errno;
  }

  for (const [name, { size, offsets }] of structs) {
    const members = memberNames[name] ?? {};
    expect(Object.keys(members), `names of struct ${name}`).toEqual(Object.keys(offsets));
    expected[`sizeof(struct ${name})`] = size;
    for (const [ours, offset] of Object.entries(offsets)) {
      expected[`offsetof(struct ${name}, ${members[ours]})`] = offset;
    }
  }
  return expected;
}

function constantName(prefix: string, key: string): string {
  const names = constantNames[prefix];
  if (names === undefined) throw new Error(`c-names.ts has no ${prefix}`);
  const capitals = key
    .replaceAll('-', '_')
    .replace(/[A-Z]/g, (capital) => `_${capital}`)
    .toUpperCase();
  return names[key] ?? `${prefix}_${capitals}`;
}

/**
 * Compiles twice: first to learn which names the headers do not have (an enumeration's constants are no macros, so
 * `#ifdef` cannot tell), then without these.
 */
function valuesInC(expressions: readonly string[]): { values: Record<string, number>; unknown: string[] } {
  const directory = mkdtempSync(join(tmpdir(), 'ripstop-netlink-headers-'));
  try {
    const [source, program] = [join(directory, 'headers.c'), join(directory, 'headers')];
    writeFileSync(source, programOf(expressions));
    const { stderr } = spawnSync('gcc', ['-fsyntax-only', source], {
      encoding: 'utf8',
      // The quotes in gcc's messages depend on the locale.
      env: { ...process.env, LC_ALL: 'C' },
    });
    const unknown = [...stderr.matchAll(/error: '(\w+)' undeclared/g)].map(([, name]) => name ?? '');
    const known = expressions.filter((expression) => !isIn(unknown, expression));
    writeFileSync(source, programOf(known));
    execFileSync('gcc', ['-o', program, source], { stdio: 'pipe' });
    const rows = execFileSync(program, { encoding: 'utf8' }).trim().split('\n');
    const pairs = rows.map((row) => row.split('\t'));
    return { values: Object.fromEntries(pairs.map(([name, value]) => [name ?? '', Number(value)])), unknown };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** Whether one of the names stands in a C expression. */
function isIn(names: readonly string[], expression: string): boolean {
  return (expression.match(/\w+/g) ?? []).some((word) => names.includes(word));
}

function programOf(expressions: readonly string[]): string {
  return [
    ...HEADERS.map((header) => `#include <${header}>`),
    'int main(void) {',
    ...expressions.map(
      (expression) => `  printf("%s\\t%lld\\n", "${expression}", (long long)(${expression}));`,
    ),
    '  return 0;',
    '}',
    '',
  ].join('\n');
}
