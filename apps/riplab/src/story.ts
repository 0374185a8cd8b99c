/** A scenario and what became of it, in words for a network engineer. Before and after this file: `simulate.ts`. */
import type { Outcome, Scenario, StoryLine } from '@ripstop/lab';

/** Bytes: Ethernet's. */
const USUAL_MTU = 1500;

/** The links with their ends, a line each. */
export function networkText({ seed, routers, segments, end }: Scenario): string {
  const width = Math.max(0, ...segments.map(({ name }) => name.length));
  const configurationsOf = (router: string): Scenario['routers'][number]['configurations'] =>
    routers.find(({ name }) => name === router)?.configurations ?? {};
  const links = segments.map(({ name, ends, mtu }) => {
    const texts = ends.map(({ router, interface: port, addresses }) => {
      const { rip, ripng } = configurationsOf(router);
      const configuration = (rip ?? ripng)?.interfaces[port];
      const cost =
        configuration === undefined || configuration.cost === 1 ? '' : ` cost ${configuration.cost}`;
      const passive = configuration?.passive === true ? ' passive' : '';
      return [router, ...addresses].join(' ') + cost + passive;
    });
    const [first] = ends;
    const rip = first && configurationsOf(first.router).rip?.interfaces[first.interface];
    const version = rip === undefined || rip.sendVersion === '2' ? '' : `, sends version ${rip.sendVersion}`;
    const algorithm = rip?.authentication?.keys[0]?.algorithm;
    const key = algorithm === undefined ? '' : `, ${algorithm}`;
    const size = mtu === USUAL_MTU ? '' : `, MTU ${mtu}`;
    return `  ${name.padEnd(width)}  ${texts.join(', ')}${version}${key}${size}`;
  });
  const spoken = [...new Set(routers.flatMap(({ configurations }) => Object.keys(configurations)))];
  const counts = `${routers.length} routers, ${segments.length} links, ${durationText(end)}, seed ${seed}`;
  return [`${spoken.join(' and ')}: ${counts}`, ...links, ''].join('\n');
}

export function storyText({ at, kind, text }: StoryLine): string {
  const mark = { event: '*', report: ' ', judgment: '=' }[kind];
  return `${clockText(at)} ${mark} ${text}`;
}

/** @param took real milliseconds */
export function outcomeText({ violations, packets, steps }: Outcome, end: number, took: number): string {
  const ratio = Math.round(end / took).toLocaleString('en-US');
  const counts = `${packets.toLocaleString('en-US')} packets, ${steps.toLocaleString('en-US')} steps`;
  const verdict = violations.length === 0 ? 'All is well.' : `Not well (findings: ${violations.length}).`;
  return `\n${verdict} ${durationText(end)} in ${(took / 1_000).toFixed(2)} s (${ratio} times as fast): ${counts}`;
}

/** `0:01:30.250` */
function clockText(at: number): string {
  const hours = Math.floor(at / 3_600_000);
  const minutes = String(Math.floor(at / 60_000) % 60).padStart(2, '0');
  const seconds = ((at % 60_000) / 1_000).toFixed(3).padStart(6, '0');
  return `${hours}:${minutes}:${seconds}`;
}

function durationText(time: number): string {
  const minutes = Math.round(time / 60_000);
  if (minutes < 2) return `${Math.round(time / 1_000)} s`;
  return minutes < 120 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
