import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';

const riplab = fileURLToPath(new URL('../bin/riplab.js', import.meta.url));
/** `nobody` on every Linux. */
const asNobody = ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups'];

/** Twenty seconds on an idle machine. */
const DEMO_MS = 120_000;

let demo: ChildProcess | undefined;
afterEach(() => {
  demo?.kill();
});

/** Starts the demo. `output` returns what it has printed so far. */
function start(...prefix: string[]) {
  const [program = '', ...parameters] = [...prefix, process.execPath, riplab, 'demo'];
  const child = spawn(program, parameters, { stdio: ['ignore', 'pipe', 'pipe'] });
  demo = child;
  const chunks: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  return { child, output: () => Buffer.concat(chunks).toString() };
}

/** What a lab of this process leaves if it leaves anything: namespaces and directories. */
function traces(pid: number | undefined): string[] {
  return ['/run/netns', tmpdir()]
    .filter(existsSync)
    .flatMap((folder) => readdirSync(folder))
    .filter((name) => name.startsWith(`riplab-${pid}-`));
}

describe('riplab demo', () => {
  it(
    'converges, loses a link, finds the way round, and leaves nothing',
    async () => {
      const { child, output } = await finished(start());
      expect(output).toMatch(/converged in \d+\.\d\d s/);
      for (const name of ['west', 'north', 'east', 'south'])
        expect(output).toContain(`\n${name}$ ip route\n`);
      expect(output).toContain('10.1.4.0/24 via 10.0.14.4 dev south proto rip metric 20');
      expect(output).toMatch(/path: west → south\n.*path: west → north → east → south\n/s);
      expect(output).toMatch(/answered again \d+ ms after the cut/);
      expect(output).toContain('10.1.4.0/24 via 10.0.12.2 dev north proto rip metric 20');
      expect(output).toContain('RIP routes left in the kernel: 0');
      expect([child.exitCode, traces(child.pid)]).toEqual([0, []]);
    },
    DEMO_MS,
  );

  const isRoot = process.getuid?.() === 0;
  const canRead =
    isRoot && spawnSync(asNobody[0] ?? '', [...asNobody.slice(1), 'test', '-r', riplab]).status === 0;
  it.runIf(canRead)(
    'runs for an ordinary user, or says what to do',
    async () => {
      const { child, output } = await finished(start(...asNobody));
      if (child.exitCode === 0)
        expect(output).toMatch(/user namespace.*path: west → north → east → south\n/s);
      else expect([child.exitCode, output]).toEqual([1, expect.stringMatching(/What to do:\n {2}\S/)]);
    },
    DEMO_MS,
  );

  it('cleans up after Ctrl-C', async () => {
    const { child, ...running } = start();
    await expect.poll(() => running.output(), { timeout: 15_000 }).toContain('routers are ready');
    expect(traces(child.pid)).toHaveLength(6); // four routers, the bridges, a directory
    child.kill('SIGINT');
    const [, signal] = await once(child, 'close');
    expect([signal, traces(child.pid)]).toEqual(['SIGINT', []]);
  });
});

async function finished({ child, output }: ReturnType<typeof start>) {
  await once(child, 'close');
  return { child, output: output() };
}
