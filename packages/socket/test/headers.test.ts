// The tables of headers.ts against the machine's own headers, by way of a C program.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  constants,
  controlHeader,
  filterInstruction,
  filterProgram,
  headers,
  internetAddress,
  internetAddress6,
  localAddress,
  messageHeader,
  messageSlot,
  multicastRequest,
  multicastRequest6,
  netlinkAddress,
  packetInformation,
  packetInformation6,
  vector,
} from '../src/system/headers.ts';

/** Our members by the names that C gives them. */
const structs = [
  { codec: localAddress, members: { family: 'sun_family', path: 'sun_path' } },
  { codec: netlinkAddress, members: { family: 'nl_family', portId: 'nl_pid', groups: 'nl_groups' } },
  { codec: internetAddress, members: { family: 'sin_family', port: 'sin_port', address: 'sin_addr' } },
  {
    codec: internetAddress6,
    members: {
      family: 'sin6_family',
      port: 'sin6_port',
      flowInformation: 'sin6_flowinfo',
      address: 'sin6_addr',
      scopeId: 'sin6_scope_id',
    },
  },
  {
    codec: multicastRequest,
    members: { group: 'imr_multiaddr', local: 'imr_address', interfaceIndex: 'imr_ifindex' },
  },
  {
    codec: multicastRequest6,
    members: { group: 'ipv6mr_multiaddr', interfaceIndex: 'ipv6mr_interface' },
  },
  { codec: controlHeader, members: { length: 'cmsg_len', level: 'cmsg_level', type: 'cmsg_type' } },
  {
    codec: packetInformation,
    members: { interfaceIndex: 'ipi_ifindex', source: 'ipi_spec_dst', destination: 'ipi_addr' },
  },
  {
    codec: packetInformation6,
    members: { address: 'ipi6_addr', interfaceIndex: 'ipi6_ifindex' },
  },
  {
    codec: filterInstruction,
    members: { code: 'code', jumpIfTrue: 'jt', jumpIfFalse: 'jf', operand: 'k' },
  },
];

/** Laid out by koffi, with the members' names in C. */
const pointingStructs = {
  iovec: vector,
  msghdr: messageHeader,
  mmsghdr: messageSlot,
  sock_fprog: filterProgram,
};

const noCompiler = spawnSync('gcc', ['--version']).error !== undefined;
if (noCompiler) writeSync(2, 'skipped: constants against the C headers, as there is no gcc\n');

test.skipIf(noCompiler)('constants, sizes and offsets are those of the C headers', () => {
  const expected: Record<string, number> = { ...constants };
  for (const { codec, members } of structs) {
    expected[`sizeof(struct ${codec.name})`] = codec.size;
    const offsets: Readonly<Record<string, number>> = codec.offsets;
    for (const [ours, theirs] of Object.entries(members)) {
      expected[`offsetof(struct ${codec.name}, ${theirs})`] = offsets[ours]!;
    }
    expect(Object.keys(members)).toEqual(Object.keys(offsets));
  }
  for (const [name, { size, members }] of Object.entries(pointingStructs)) {
    expected[`sizeof(struct ${name})`] = size;
    for (const member of Object.values(members ?? {})) {
      expected[`offsetof(struct ${name}, ${member.name})`] = member.offset;
    }
  }
  expect(valuesInC(Object.keys(expected))).toEqual(expected);
});

function valuesInC(expressions: readonly string[]): Record<string, number> {
  const directory = mkdtempSync(join(tmpdir(), 'ripstop-headers-'));
  try {
    const lines = [
      '#define _GNU_SOURCE',
      '#include <stddef.h>',
      '#include <stdio.h>',
      ...Object.keys(headers).map((header) => `#include <${header}>`),
      'int main(void) {',
      ...expressions.map(
        (expression) => `  printf("%s\\t%lld\\n", "${expression}", (long long)(${expression}));`,
      ),
      '}',
    ];
    const [source, program] = [join(directory, 'headers.c'), join(directory, 'headers')];
    writeFileSync(source, `${lines.join('\n')}\n`);
    execFileSync('gcc', ['-o', program, source], { stdio: 'pipe' });
    const output = execFileSync(program, { encoding: 'utf8' });
    const rows = output
      .trim()
      .split('\n')
      .map((row) => row.split('\t'));
    return Object.fromEntries(rows.map(([expression, value]) => [expression!, Number(value)]));
  } finally {
    rmSync(directory, { recursive: true });
  }
}
