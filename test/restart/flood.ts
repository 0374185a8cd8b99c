/** A thousand echo requests a second through a lab, and which of them got no answer. After this file: `flood.c`. */
import { type LabNode, type LabProcess, until } from '@ripstop/lab';
import type { Address } from '@ripstop/wire';

const START_MS = 30_000;
/** The program waits a second for the last answers. */
const END_MS = 20_000;

/** What became of the requests. */
export interface Passage {
  readonly sent: number;
  readonly lost: number;
  /** The longest run of lost ones: milliseconds. */
  readonly outage: number;
}

/**
 * What becomes of the packets to some hosts while something happens.
 * @param program of `flood.c`, compiled
 * @throws Error if a host does not answer before
 */
export async function flooded(
  node: LabNode,
  program: string,
  hosts: readonly Address[],
  happening: () => Promise<void>,
): Promise<Passage[]> {
  const floods = hosts.map((host) => node.start([program, host]));
  await Promise.all(floods.map((flood) => flood.waitForLine(/^ready$/, START_MS)));
  try {
    await happening();
  } finally {
    await Promise.all(floods.map((flood) => flood.stop('SIGTERM', END_MS)));
  }
  return floods.map(passageOf);
}

/** Resolves when the hosts answer. @throws Error if they do not within some milliseconds */
export async function untilAnswered(node: LabNode, hosts: readonly Address[], within: number): Promise<void> {
  for (const host of hosts) {
    await until(`${host} answers ${node.name}`, within, () =>
      node.exec('ping', '-c', '1', '-W', '1', host).then(
        () => true,
        () => false,
      ),
    );
  }
}

function passageOf({ output }: LabProcess): Passage {
  return JSON.parse(output.at(-1) ?? '') as Passage;
}
