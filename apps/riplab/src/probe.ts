/** Finding out whether one node reaches another: `ping`, or where that may not run, `knock.ts`. */
import { fileURLToPath } from 'node:url';
import type { LabNode, LabProcess } from '@ripstop/lab';

const INTERVAL_MS = 10;

export interface Answer {
  /** When it came: milliseconds since 1970. */
  readonly time: number;
  /** As the program printed it. */
  readonly text: string;
}

export interface Probe {
  /** For the reader: what is done, and why not ping. */
  readonly description: string;
  /** Asks every `INTERVAL_MS` until it is killed. */
  start(answered: (answer: Answer) => void): LabProcess;
}

/** Asks `address` from `source`, which is an address of the node. */
export async function chooseProbe(node: LabNode, source: string, address: string): Promise<Probe> {
  const obstacle = await node.exec('ping', '-c', '1', '-W', '1', '127.0.0.1').then(
    () => undefined,
    (error: Error) => error.message,
  );
  const ping = ['ping', '-n', '-D', '-i', String(INTERVAL_MS / 1000), '-I', source, address];
  const knock = [
    process.execPath,
    fileURLToPath(new URL('./knock.js', import.meta.url)),
    source,
    address,
    String(INTERVAL_MS),
  ];
  const [argv, pattern, description] =
    obstacle === undefined
      ? [ping, /^\[([\d.]+)\] (.*bytes from.*)/, `ping ${address} from ${source}`]
      : [
          knock,
          /^\[([\d.]+)\] (.*)/,
          `TCP to a closed port of ${address} from ${source} (ping does not run here)`,
        ];
  return {
    description,
    start: (answered) =>
      node.start(argv, (line) => {
        const [, time, text] = pattern.exec(line) ?? [];
        if (time !== undefined && text !== undefined) answered({ time: Number(time) * 1000, text });
      }),
  };
}
