/** RTA_METRICS by the words of `ip`: to be read, as fields, and as text. Before this file: `route-specification`, `route-fields`. */
import type { RouteInput, RouteMessage } from '@ripstop/netlink';
import { CommandError } from '../command.ts';
import type { Fields } from '../fields.ts';
import { hexadecimal } from '../numerals.ts';
import type { Reader, Readers } from '../vocabulary.ts';
import type { Words } from '../words.ts';

type Metrics = NonNullable<RouteMessage['metrics']>;
type MetricsInput = NonNullable<RouteInput['metrics']>;

/** RTAX_FEATURE_ECN, the only feature that has a word. */
const ECN = 0x1;
/** Linux: hop limit of a route that has none of its own. */
const NO_HOP_LIMIT = 0xffff_ffff;
/** Parts of a millisecond in which the kernel keeps a time. Linux: eighths and quarters, as TCP's estimator does. */
const SCALES: Readonly<Record<string, number>> = { rtt: 8, rttvar: 4, rto_min: 1 };

interface Metric {
  /** RTAX_*: its bit in `lock`. */
  readonly number: number;
  readonly key: Exclude<keyof Metrics, 'unknown' | 'lock'>;
}

/** By their words, in the order in which `ip` shows them. */
const metrics: ReadonlyMap<string, Metric> = new Map([
  ['mtu', { number: 2, key: 'mtu' }],
  ['window', { number: 3, key: 'window' }],
  ['rtt', { number: 4, key: 'roundTripTime' }],
  ['rttvar', { number: 5, key: 'roundTripVariance' }],
  ['ssthresh', { number: 6, key: 'slowStartThreshold' }],
  ['cwnd', { number: 7, key: 'congestionWindow' }],
  ['advmss', { number: 8, key: 'advertisedMss' }],
  ['reordering', { number: 9, key: 'reordering' }],
  ['hoplimit', { number: 10, key: 'hopLimit' }],
  ['initcwnd', { number: 11, key: 'initialCongestionWindow' }],
  ['features', { number: 12, key: 'features' }],
  ['rto_min', { number: 13, key: 'minimumRto' }],
  ['initrwnd', { number: 14, key: 'initialReceiveWindow' }],
  ['quickack', { number: 15, key: 'quickAcknowledge' }],
  ['congctl', { number: 16, key: 'congestionControl' }],
  ['fastopen_no_cookie', { number: 17, key: 'fastOpenNoCookie' }],
]);

/** A request with these, as far as they are written. */
interface Measured {
  readonly metrics?: MetricsInput | undefined;
}

/** `mtu [lock] 1400`, and so on. */
export const metricReaders: Readers<Measured> = Object.fromEntries(
  [...metrics].map(([word, metric]) => [`${word} [lock] VALUE`, metricReader(word, metric)]),
);

function metricReader(word: string, { number, key }: Metric): Reader<Measured> {
  return (words, _, { metrics: before }) => {
    // As `ip`: a minimum of the retransmission time that may adapt is of no use.
    const isLocked = words.takeIf('lock') || word === 'rto_min';
    const lock = (before?.lock ?? 0) | (isLocked ? 1 << number : 0);
    return { metrics: { ...before, [key]: takeValue(word, words), ...(lock !== 0 && { lock }) } };
  };
}

function takeValue(word: string, words: Words): number | string {
  switch (word) {
    case 'rtt':
    case 'rttvar':
    case 'rto_min':
      return takeTime(word, words);
    case 'features':
      if (!words.takeIf('ecn')) throw new CommandError('features: "ecn" expected');
      return ECN;
    case 'congctl':
      return words.value(word);
    case 'hoplimit':
      return words.number(word, 0, 0xff);
    case 'quickack':
    case 'fastopen_no_cookie':
      return words.number(word, 0, 1);
    default:
      return words.number(word);
  }
}

/** `20ms`, `0.5s`; a bare number is in the kernel's own unit. */
function takeTime(word: string, words: Words): number {
  const text = words.value(word);
  const [, digits, unit] = /^(\d+(?:\.\d+)?)(s|secs?|ms|msecs?)?$/i.exec(text) ?? [];
  if (digits === undefined) throw new CommandError(`${word}: a time such as 20ms expected, got "${text}"`);
  const number = Number(digits);
  if (unit === undefined) return Math.ceil(number);
  return Math.ceil(number * (unit.startsWith('s') ? 1000 : 1)) * (SCALES[word] ?? 1);
}

/** Fields with values; a metric that is only locked is 0. Times are in milliseconds. */
export function metricFields(values: Metrics): Fields {
  const fields: Record<string, unknown> = {};
  for (const [word, { number, key }] of metrics) {
    const value = values[key] ?? (isLocked(values, number) ? 0 : undefined);
    if (value === undefined || (word === 'hoplimit' && value === NO_HOP_LIMIT)) continue;
    if (word === 'features') Object.assign(fields, featureFields(Number(value)));
    else if (word === 'congctl') fields.congestion = value;
    else fields[word] = word in SCALES ? Math.trunc(Number(value) / (SCALES[word] ?? 1)) : value;
  }
  return fields;
}

function featureFields(features: number): Fields {
  const others = features & ~ECN;
  return {
    ...((features & ECN) !== 0 && { ecn: null }),
    ...(others !== 0 && { features: hexadecimal(features) }),
  };
}

/** The words of metrics that do not adapt. `ip` has them in its text only. */
export function lockedMetrics(values: Metrics | undefined): readonly string[] {
  if (values === undefined) return [];
  return [...metrics].filter(([, { number }]) => isLocked(values, number)).map(([word]) => word);
}

function isLocked({ lock = 0 }: Metrics, number: number): boolean {
  return (lock & (1 << number)) !== 0;
}

/** The fields as text: `mtu lock 1400 advmss 1360`. */
export function metricsText(fields: Fields, locked: readonly string[]): string {
  return Object.entries(fields)
    .map(([name, value]) => {
      if (name === 'ecn') return 'features ecn';
      const word = name === 'congestion' ? 'congctl' : name;
      const text = word in SCALES ? timeText(Number(value)) : value;
      return locked.includes(word) ? `${word} lock ${text}` : `${word} ${text}`;
    })
    .join(' ');
}

function timeText(milliseconds: number): string {
  return milliseconds >= 1000 ? `${milliseconds / 1000}s` : `${milliseconds}ms`;
}
