/** Somebody deletes one of ripd's routes as soon as it sees it, over and over; somebody makes more noise than ripd can hear. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { watchDeletions } from '../kit/kernel.ts';
import { protocols } from '../kit/protocol.ts';
import { SharedKernel } from './shared-kernel.ts';

/** Of a processor, while somebody fights over one route. */
const SHARE_MAX = 0.4;
/** Each comes and goes: several times as many changes as the socket of notifications holds. */
const STORM_ROUTES = 50_000;
const TAKEN = 1_000;
const GROWTH_BYTES_MAX = 100 * 1024 * 1024;
/** Linux counts in these: USER_HZ. */
const TICKS_PER_SECOND = 100;

describe.each(protocols)('beside 10,000 routes of $name', (protocol) => {
  let kernel: SharedKernel;

  beforeAll(async () => {
    kernel = await SharedKernel.lay(protocol);
  });
  afterAll(() => kernel?.close());

  /** Processor time that ripd has used, in seconds. proc(5), stat. */
  const processorTime = (): number => {
    const fields = readFileSync(`/proc/${kernel.ripd.daemon.pid}/stat`, 'utf8')
      .replace(/.*\) /, '')
      .split(' ');
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
  };

  it('a fight over one route gets pauses and one warning, costs little, and ends with the route in the kernel', async () => {
    const [contested, other] = [kernel.lone(10), kernel.lone(11)];
    const words = kernel.words(`route del ${contested} proto rip metric 20`).join(' ');
    const enemy = kernel.router.start(['sh', '-c', `while :; do ${words} 2>/dev/null; done`]);
    const warning = /changes our route again and again/;
    await kernel.untilLogged({ level: 'warn', msg: warning, prefix: contested });
    const [time, begin] = [processorTime(), performance.now()];
    // A route that nobody fights over is put back at once, again and again.
    for (let round = 0; round < 5; round += 1) {
      await kernel.ip(`route del ${other} proto rip metric 20`);
      await kernel.untilRoutes(other, kernel.asLearned(other));
    }
    const share = (processorTime() - time) / ((performance.now() - begin) / 1_000);
    console.log(`${protocol.name}: ripd uses ${Math.round(share * 100)} % of a processor during the fight`);
    expect(share).toBeLessThan(SHARE_MAX);

    enemy.kill();
    await enemy.exited;
    await kernel.untilAsLearned();
    expect(kernel.log.filter(({ msg }) => warning.test(msg))).toHaveLength(1);
  });

  it(`${2 * STORM_ROUTES} changes that ripd could not hear: all is read anew, nothing of ours is missing or was deleted`, async () => {
    const { heals, overruns } = await kernel.counts();
    const memory = kernel.ripd.residentBytes();
    const file = join(kernel.lab.directory, 'storm');
    writeFileSync(file, `${[...storm('add'), ...taken(), ...storm('del')].join('\n')}\n`);

    kernel.ripd.daemon.signal('SIGSTOP');
    await kernel.ip(`-batch ${file}`);
    const deletions = watchDeletions(kernel.router);
    const begin = performance.now();
    kernel.ripd.daemon.signal('SIGCONT');
    await kernel.untilAsLearned();
    console.log(
      `${protocol.name}: all is read anew and put back in ${Math.round(performance.now() - begin)} ms`,
    );

    expect(deletions).toEqual([]);
    const after = await kernel.counts();
    expect(after.overruns).toBeGreaterThan(overruns);
    expect(after.heals).toBe(heals + TAKEN);
    await kernel.untilLogged({ msg: /dropped notifications/ });
    expect(kernel.ripd.residentBytes() - memory).toBeLessThan(GROWTH_BYTES_MAX);
  });

  /** Routes of someone else in our table, which come or go. */
  function storm(operation: 'add' | 'del'): string[] {
    const way = kernel.words('via @9 proto static metric 50').slice(2).join(' ');
    const destination = (at: number): string =>
      protocol.family === 'ipv4'
        ? `11.${at >> 16}.${(at >> 8) & 0xff}.${at & 0xff}`
        : `fd11::${at >> 8}:${at & 0xff}`;
    return Array.from({ length: STORM_ROUTES }, (_, at) => `route ${operation} ${destination(at)} ${way}`);
  }

  /** Routes of ours that someone deletes meanwhile. */
  function taken(): string[] {
    return Array.from({ length: TAKEN }, (_, at) => `route del ${kernel.lone(at)} proto rip metric 20`);
  }
});
