/** What the README shows of the library runs as it stands there. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { NamespaceLab } from '@ripstop/lab';
import { expect, it } from 'vitest';

it('the README’s program lists the routes that `ip` lists', async () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const [, program = ''] = /```js\n(.*?)```/s.exec(readme) ?? [];
  const lab = await NamespaceLab.lay({
    nodes: ['router'],
    links: [[{ node: 'router', interface: 'eth0', addresses: ['192.168.1.1/24'] }]],
  });
  try {
    const router = lab.node('router');
    await router.exec('ip', ...'route add default via 192.168.1.9 proto static'.split(' '));
    const output = execFileSync(
      'ip',
      ['netns', 'exec', router.namespace, process.execPath, '--input-type=module', '-e', program],
      { cwd: fileURLToPath(new URL('.', import.meta.url)), encoding: 'utf8' },
    );
    expect(output).toBe('default 192.168.1.9 static\n192.168.1.0 directly kernel\n');
  } finally {
    await lab.close();
  }
});
