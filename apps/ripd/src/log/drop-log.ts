/**
 * What neighbors send wrong, as log records. Before this file: `journal`. After it: `quiet`.
 *
 * Anybody on a link can send, and under any address: so what is written is bounded twice. The same of the same neighbor is
 * said once in a while; and whoever sends, an interface gets a few lines for one reason, then one with the number of those
 * kept back.
 *
 * Invariant: lines, memory and timers are bounded by the number of interfaces and reasons.
 */
import { drops, type Report } from '@ripstop/rip';
import type { Clock, Timer } from '@ripstop/router';
import type { Logger } from 'pino';
import { QUIET_MS, Quiet } from './quiet.ts';

/** For one reason on one interface, in `QUIET_MS`. */
const LINES_MAX = 10;
/** Different senders are counted up to this number. */
const SENDERS_MAX = 4_096;

export type DropReport = Extract<Report, { readonly type: 'packet-dropped' | 'entry-dropped' }>;

/** What happened for one reason on one interface since the first line about it. */
interface Spell {
  lines: number;
  keptBack: number;
  readonly senders: Set<string>;
}

export interface DropLogPorts {
  readonly clock: Clock;
  createTimer(): Timer;
}

export class DropLog {
  readonly #log: Logger;
  readonly #ports: DropLogPorts;
  readonly #quiet: Quiet;
  /** By interface and reason. */
  readonly #spells = new Map<string, Spell>();

  constructor(log: Logger, ports: DropLogPorts) {
    this.#log = log;
    this.#ports = ports;
    this.#quiet = new Quiet(ports.clock);
  }

  add(report: DropReport): void {
    const spell = this.#spell(report);
    if (spell.lines >= LINES_MAX) {
      spell.keptBack += 1;
      if (spell.senders.size < SENDERS_MAX) spell.senders.add(report.neighbor);
      return;
    }
    const { type: _, ...fields } = report;
    const story = `${report.interface} ${report.neighbor} ${report.reason} ${report.detail}`;
    this.#quiet.once(story, (more) => {
      spell.lines += 1;
      this.#log[drops[report.reason].level]({ ...fields, ...more }, messageOf(report));
    });
  }

  #spell(report: DropReport): Spell {
    const key = `${report.interface} ${report.reason}`;
    const known = this.#spells.get(key);
    if (known !== undefined) return known;
    const spell: Spell = { lines: 0, keptBack: 0, senders: new Set() };
    this.#spells.set(key, spell);
    this.#ports.createTimer().set(this.#ports.clock.now().monotonic + QUIET_MS, () => {
      this.#spells.delete(key);
      this.#conclude(report, spell);
    });
    return spell;
  }

  #conclude(report: DropReport, { keptBack, senders }: Spell): void {
    if (keptBack === 0) return;
    const fields = {
      interface: report.interface,
      reason: report.reason,
      suppressed: keptBack,
      senders: senders.size,
    };
    this.#log[drops[report.reason].level](fields, `${messageOf(report)}; more of the same were kept back`);
  }
}

export function isDrop(report: { readonly type: string }): report is DropReport {
  return report.type === 'packet-dropped' || report.type === 'entry-dropped';
}

function messageOf({ type, reason }: DropReport): string {
  return `${type === 'packet-dropped' ? 'packet' : 'entry'} dropped: ${drops[reason].message}`;
}
