import { appendFileSync } from 'node:fs';
import { test } from 'vitest';
import { live } from './life.ts';
test('scratch', () => {
  const t = Date.now(); let n = 0;
  const [from, to, len] = (process.env.FZ ?? '1 20 200').split(' ').map(Number) as [number, number, number];
  const seen = new Map<string, number>();
  const out = (x: string) => appendFileSync('/tmp/fz.out', `${x}\n`);
  for (let s = from; s <= to; s++) {
    try { live(s, len); } catch (e) {
      const m = (e as Error).message; const k = m.split('\n')[0]!.split(':')[0]!;
      seen.set(k, (seen.get(k) ?? 0) + 1);
      if (seen.get(k) === 1) out(`SEED ${s} ${m} ${((e as Error).cause as Error)?.stack?.split('\n').slice(0, 8).join('\n')}`);
    }
    n += len;
  }
  out(`${JSON.stringify([...seen])} ${n} ${(Date.now() - t) / 1000}`);
}, 300000);
