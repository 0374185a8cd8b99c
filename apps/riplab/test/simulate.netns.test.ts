/** What `riplab simulate` says and how it ends, run as the built program. Nothing here enters a namespace. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const riplab = fileURLToPath(new URL('../bin/riplab.js', import.meta.url));
const scenarios = fileURLToPath(new URL('../../../test/scenarios/', import.meta.url));

function run(...parameters: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [riplab, 'simulate', ...parameters], {
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

describe('riplab simulate', () => {
  it.each([
    [[], 'which scenario? FILE or --seed NUMBER'],
    [['--seed', 'abc'], '--seed is a whole number from 0 to 4294967295'],
    [['--seed', '1', '--routers', '1'], '--routers is a whole number from 2 to 60'],
    [['--seed', '1', '--count', '0'], '--count is a whole number from 1 to 1000000000'],
    [['--seed', '1', '--in', 'namespaces'], '--in namespaces plays files only'],
  ])('refuses %j in one line', (parameters, complaint) => {
    expect(run(...parameters)).toEqual({ status: 2, stdout: '', stderr: `riplab: ${complaint}\n` });
  });

  it('says of a file what is wrong with it, and plays nothing', () => {
    expect(run('/nowhere.yaml')).toEqual({
      status: 2,
      stdout: '',
      stderr: '/nowhere.yaml: cannot be read (ENOENT)\n',
    });
    const { status, stdout, stderr } = run(`${scenarios}count-to-infinity.yaml`, '--in', 'namespaces');
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/infinity\.yaml: b-c swallows every packet: .* simulated world\n$/);
  });

  it('tells the story of a file, with its judgments', () => {
    const { status, stdout } = run(`${scenarios}triangle.yaml`);
    expect(status).toBe(0);
    expect(stdout).toContain('0:00:12.000 * west-east is cut\n');
    expect(stdout).toContain('0:00:12.000   west has 10.1.3.0/24 at metric 2 → 3 via 10.0.12.2\n');
    expect(stdout).toContain('0:00:20.000 = west has 10.1.3.0/24 at metric 3 via north, as expected\n');
    expect(stdout).toContain('\nAll is well. ');
  });

  it('plays the protocol that it is told to', () => {
    const { status, stdout } = run(`${scenarios}triangle.yaml`, '--protocol', 'ripng');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^ripng: 3 routers/);
    expect(stdout).toContain('0:00:20.000 = west has 2001:db8:103::/64 at metric 3 via north, as expected\n');
    expect(stdout).not.toContain('10.1.3.0/24 at');
    expect(run('--seed', '3', '--routers', '2', '--protocol', 'both').stdout).toMatch(/^rip and ripng: 2/);
  });

  it('plays many, and tells of none that goes well', () => {
    const { status, stdout } = run('--seed', '1', '--count', '2', '--routers', '3');
    expect([status, stdout]).toEqual([
      0,
      expect.stringMatching(/^2 scenarios from seed 1 on, 0 went wrong; [\d.]+ a second\n$/),
    ]);
  });
});
