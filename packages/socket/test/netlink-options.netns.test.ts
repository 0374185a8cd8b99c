// A kernel that lacks the socket options of rtnetlink, played by a library that refuses them.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { runScript } from './script.ts';

const noCompiler = spawnSync('gcc', ['--version']).error !== undefined;
if (noCompiler) writeSync(2, 'skipped: a kernel without socket options, as there is no gcc\n');

/** setsockopt that knows nothing of NETLINK_GET_STRICT_CHK (12). */
const source = `
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <sys/socket.h>
int setsockopt(int fd, int level, int option, const void *value, socklen_t length) {
  int (*real)(int, int, int, const void *, socklen_t) = dlsym(RTLD_NEXT, "setsockopt");
  if (level == SOL_NETLINK && option == 12) { errno = ENOPROTOOPT; return -1; }
  return real(fd, level, option, value, length);
}`;

test.skipIf(noCompiler)('rtnetlink needs them all; another protocol says what it does without', () => {
  const directory = mkdtempSync(join(tmpdir(), 'ripstop-options-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const [file, library] = [join(directory, 'options.c'), join(directory, 'options.so')];
  writeFileSync(file, source);
  execFileSync('gcc', ['-shared', '-fPIC', '-o', library, file], { stdio: 'pipe' });
  const script = `
    const options = { receive() {}, overrun() {}, failed() {} };
    const generic = socket.openNetlinkSocket({ ...options, protocol: 16 });
    console.log(generic.refusedOptions.join());
    generic.close();
    try { socket.openNetlinkSocket(options); } catch (error) { console.log(error.call, error.code); }`;
  expect(runScript(script, ['env', `LD_PRELOAD=${library}`])).toMatchObject({
    status: 0,
    stdout: 'NETLINK_GET_STRICT_CHK\nsetsockopt(NETLINK_GET_STRICT_CHK) ENOPROTOOPT\n',
  });
});
