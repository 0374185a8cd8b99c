// The names and words of error numbers: where the kernel gives no sentence, they are all that a refusal says.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { errnoName, errnoWords } from '../src/errno.ts';
import { NetlinkError } from '../src/netlink-error.ts';

const noCompiler = spawnSync('gcc', ['--version']).error === undefined ? '' : ': no gcc';

test('an error number has the name of errno.h; E and itself where there is none', () => {
  expect([17, 105, 524].map(errnoName)).toEqual(['EEXIST', 'ENOBUFS', 'ENOTSUPP']);
  expect([errnoName(999), errnoWords(999)]).toEqual(['E999', undefined]);
});

test.skipIf(noCompiler !== '')(`its words are those of the C library${noCompiler}`, () => {
  // Linux: 41 and 58 are second names of other errors.
  const numbers = Array.from({ length: 133 }, (_, index) => index + 1).filter((n) => n !== 41 && n !== 58);
  expect(numbers.map(errnoWords)).toEqual(wordsInC(numbers));
});

test.each([
  [{ errno: 1 }, 'RTM_NEWROUTE: EPERM: Operation not permitted'],
  [{ errno: 22, attribute: 'metrics.mtu' }, 'RTM_NEWROUTE: EINVAL: Invalid argument (metrics.mtu)'],
  [
    { errno: 101, kernelMessage: 'Nexthop has invalid gateway' },
    'RTM_NEWROUTE: ENETUNREACH: Nexthop has invalid gateway',
  ],
  [{ errno: 999 }, 'RTM_NEWROUTE: E999'],
])('a refusal says what the kernel says, or else the words of the number: %o', (failure, message) => {
  const error = new NetlinkError({ ...failure, operation: 'RTM_NEWROUTE', sequence: 5 });
  expect(error).toMatchObject({ name: 'NetlinkError', code: errnoName(failure.errno), message });
});

/** What strerror(3) says in the C locale. */
function wordsInC(numbers: readonly number[]): readonly string[] {
  const directory = mkdtempSync(join(tmpdir(), 'ripstop-netlink-errno-'));
  try {
    const [source, program] = [join(directory, 'errno.c'), join(directory, 'errno')];
    const lines = numbers.map((number) => `  puts(strerror(${number}));`);
    const text = ['#include <stdio.h>', '#include <string.h>', 'int main(void) {', ...lines, '}', ''];
    writeFileSync(source, text.join('\n'));
    execFileSync('gcc', ['-o', program, source], { stdio: 'pipe' });
    return execFileSync(program, { encoding: 'utf8' }).trimEnd().split('\n');
  } finally {
    rmSync(directory, { recursive: true });
  }
}
