/** What hearing an announcement costs at least: `receiver.c` in the daemon's place, which takes the packets and no more. */
import { setTimeout } from 'node:timers/promises';
import { NamespaceLab } from '@ripstop/lab';
import { compile } from '../../kit/c-program.ts';
import type { Protocol } from '../../kit/protocol.ts';
import { median } from '../rounds.ts';
import { type Announcement, Announcer } from './announcer.ts';
import { REFRESH_MS, REFRESHES, topology } from './bulk-trial.ts';
import { cpuTime } from './process-figures.ts';

const START_MS = 5_000;

/** @returns nanoseconds of CPU, the median of several */
export async function receivingFloor(protocol: Protocol, announcement: Announcement): Promise<number> {
  const lab = await NamespaceLab.lay(topology);
  try {
    const program = compile('bench/peers/receiver', lab.directory);
    const receiver = lab.node('router').start([program, protocol.name, 'eth0']);
    await receiver.waitForLine(/^receiving$/, START_MS);
    const announcer = new Announcer(lab.node('generator'), 'eth0', protocol, lab.directory);
    const times: number[] = [];
    while (times.length < REFRESHES) {
      const before = cpuTime(receiver.pid);
      await announcer.announce(announcement);
      await setTimeout(REFRESH_MS);
      times.push(cpuTime(receiver.pid) - before);
    }
    return median(times);
  } finally {
    await lab.close();
  }
}
