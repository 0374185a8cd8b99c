/** A program that looks for a route over and over: `route-reader.c`. */
import type { LabProcess } from '@ripstop/lab';
import { compile } from '../kit/c-program.ts';
import type { KernelFib } from './kernel-fib.ts';

const READY_MS = 20_000;

/** Of how many rounds; each asks for the route, and lists the table. */
interface Reading {
  readonly rounds: number;
  readonly notFound: number;
  /** Not found, and not in the round before either. */
  readonly notFoundTwice: number;
  readonly notListed: number;
}

/** What is read of the suites' prefix, to which there is a route, while something happens. */
export async function readRoute(
  { lab, router, plan }: KernelFib,
  happening: (reader: LabProcess) => Promise<void>,
): Promise<Reading> {
  const program = compile('kernel/route-reader', lab.directory);
  const reader = router.start([program, ...plan.prefix.split('/')]);
  await reader.waitForLine(/^ready$/, READY_MS);
  await happening(reader);
  await reader.stop();
  return JSON.parse(reader.output.at(-1) ?? '') as Reading;
}
