// Namespaces: entering, returning, making, deleting, and what happens without the right to.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readlinkSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createNamespace, deleteNamespace, HeldNamespace, withNamespace } from '../src/system/namespace.ts';
import { ip, makeNamespace } from './namespaces.ts';
import { runScript } from './script.ts';

const current = (): string => readlinkSync('/proc/thread-self/ns/net');

test('a function runs in the namespace, and the thread comes back', () => {
  const own = current();
  const name = makeNamespace();
  const there = withNamespace(name, current);
  expect(there).toMatch(/^net:\[\d+\]$/);
  expect(there).not.toBe(own);
  expect(current()).toBe(own);
  expect(withNamespace(undefined, current)).toBe(own);
});

test('a namespace can be named by a path', () => {
  const name = makeNamespace();
  expect(withNamespace(`/run/netns/${name}`, current)).toBe(withNamespace(name, current));
  expect(withNamespace(`/proc/${process.pid}/ns/net`, current)).toBe(current());
});

test('a held namespace can be entered, and held once more, when its name leads elsewhere', () => {
  const name = `sock-${process.pid}-held`;
  createNamespace(name);
  const held = new HeldNamespace(name);
  const there = withNamespace(held, current);
  expect(held.isNamed).toBe(true);
  deleteNamespace(name);
  expect(held.isNamed).toBe(false);
  createNamespace(name);
  try {
    expect(held.isNamed).toBe(false);
    expect(withNamespace(name, current)).not.toBe(there);
    const again = new HeldNamespace(held);
    held.close();
    expect(withNamespace(again, current)).toBe(there);
    again.close();
    expect(() => held.isNamed).toThrow(`network namespace ${name} is no longer held`);
  } finally {
    deleteNamespace(name);
  }
});

test('a namespace held by a process has lost its name when the process has ended', async () => {
  const sleeper = spawn('sleep', ['60']);
  const held = new HeldNamespace(`/proc/${sleeper.pid}/ns/net`);
  const ended = new Promise((resolve) => sleeper.once('exit', resolve));
  expect(held.isNamed).toBe(true);
  sleeper.kill();
  await ended;
  expect(held.isNamed).toBe(false);
  held.close();
});

test('namespaces nest', () => {
  const own = current();
  const [outer, inner] = [makeNamespace(), makeNamespace()];
  const seen = withNamespace(outer, () => [current(), withNamespace(inner, current), current()].join());
  const expected = [outer, inner, outer].map((name) => withNamespace(name, current));
  expect(seen).toBe(expected.join());
  expect(current()).toBe(own);
});

test('the thread comes back after an exception', () => {
  const own = current();
  const name = makeNamespace();
  const fail = (): void => {
    throw new Error('on purpose');
  };
  expect(() => withNamespace(name, fail)).toThrow('on purpose');
  expect(current()).toBe(own);
});

test('a promise is refused', () => {
  const own = current();
  const name = makeNamespace();
  // @ts-expect-error: the type refuses it too
  expect(() => withNamespace(name, () => Promise.resolve(1))).toThrow(TypeError);
  expect(current()).toBe(own);
});

test('what does not exist is named', () => {
  expect(() => withNamespace('sock-missing', current)).toThrow(
    expect.objectContaining({
      code: 'ENOENT',
      call: 'open',
      message: expect.stringContaining('/run/netns/sock-missing'),
    }),
  );
  expect(() => withNamespace('/etc/passwd', current)).toThrow(
    expect.objectContaining({ code: 'EINVAL', call: 'setns' }),
  );
  expect(() => withNamespace('a/b', current)).toThrow(expect.objectContaining({ code: 'EINVAL' }));
  expect(() => deleteNamespace('sock-missing')).toThrow(
    expect.objectContaining({ code: 'ENOENT', call: 'umount2' }),
  );
});

test('a made namespace is one of `ip netns`, empty, with `lo` down', () => {
  const name = makeNamespace();
  expect(execFileSync('ip', ['netns', 'list'], { encoding: 'utf8' })).toMatch(new RegExp(`^${name}\\b`, 'm'));
  const links = JSON.parse(ip(name, '-j link show'));
  expect(links).toHaveLength(1);
  expect(links[0]).toMatchObject({ ifname: 'lo', operstate: 'DOWN' });
});

test('a taken name is refused and left alone; a deleted one is free again', () => {
  const own = current();
  const name = `sock-${process.pid}-again`;
  createNamespace(name);
  try {
    const there = withNamespace(name, current);
    expect(() => createNamespace(name)).toThrow(expect.objectContaining({ code: 'EEXIST' }));
    expect(withNamespace(name, current)).toBe(there);
  } finally {
    deleteNamespace(name);
  }
  expect(existsSync(`/run/netns/${name}`)).toBe(false);
  createNamespace(name);
  deleteNamespace(name);
  expect(current()).toBe(own);
});

test('a name whose namespace was never mounted can be deleted', () => {
  makeNamespace(); // lays the directory
  const name = `sock-${process.pid}-unmounted`;
  writeFileSync(`/run/netns/${name}`, '');
  deleteNamespace(name);
  expect(existsSync(`/run/netns/${name}`)).toBe(false);
});

test('without CAP_SYS_ADMIN the error says what is needed', () => {
  const name = makeNamespace();
  const refusal = (call: string): string => {
    const script = `try { ${call}; } catch (error) { console.log(error.code, error.call, error.message); }`;
    return runScript(script, ['setpriv', '--bounding-set=-sys_admin']).stdout;
  };
  const entered = refusal(`socket.withNamespace('${name}', () => 0)`);
  expect(entered).toMatch(/^EPERM setns .*CAP_SYS_ADMIN/);
  const made = refusal(`socket.createNamespace('sock-forbidden')`);
  expect(made).toMatch(/^EPERM (mount|unshare) .*CAP_SYS_ADMIN/);
  expect(existsSync('/run/netns/sock-forbidden')).toBe(false);
});

test('who may enter but not return stays where they are', () => {
  const script = `
    import { spawn } from 'node:child_process';
    import { readlinkSync } from 'node:fs';
    const own = readlinkSync('/proc/self/ns/net');
    const child = spawn('unshare', ['-n', 'sh', '-c', 'echo there; exec sleep 60']);
    child.stdout.once('data', () => {
      try { socket.withNamespace('/proc/' + child.pid + '/ns/net', () => console.log('entered')); }
      catch (error) { console.log(error.code, error.call, readlinkSync('/proc/self/ns/net') === own); }
      child.kill();
    });`;
  const { status, stdout, stderr } = runScript(script, ['unshare', '--user', '--map-root-user']);
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: 'EPERM setns true\n', stderr: '' });
});

test('a process that cannot return dies with a sentence', () => {
  const name = makeNamespace();
  const script = `
    import { closeSync, readdirSync, readlinkSync } from 'node:fs';
    const own = readlinkSync('/proc/self/ns/net');
    const closeOwn = () => {
      for (const fd of readdirSync('/proc/self/fd')) {
        let target = '';
        try { target = readlinkSync('/proc/self/fd/' + fd); } catch {}
        if (target === own) closeSync(Number(fd));
      }
    };
    try { socket.withNamespace('${name}', closeOwn); } catch {}
    console.log('went on');`;
  const { status, stdout, stderr } = runScript(script);
  expect(status).not.toBe(0);
  expect(stdout).toBe('');
  expect(stderr).toContain('cannot return to the own network namespace');
});
