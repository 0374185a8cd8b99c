/** What tests ask of a configuration file. */
import type { InterfaceConfiguration } from '@ripstop/rip';
import { parseConfiguration } from '../src/configuration/file.ts';
import { ConfigurationError } from '../src/configuration/remark.ts';

/** The wall clock of these tests, by which keys have expired or not. */
const NOW = Date.parse('2026-06-01T00:00:00Z');

/** What is taken in from the kernel, if the file does not say. */
export const defaultRedistribution = { rules: [], mostPerRule: 10_000 } as const;

/** A line for every mistake in a text. */
export function mistakesIn(text: string, file = 'ripd.yaml'): string[] {
  try {
    parseConfiguration(file, text);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message.split('\n');
    throw error;
  }
  return [];
}

/** The warnings of a text that has no mistake: `LINE:COLUMN: …`. */
export function warningsIn(text: string, isReadableByAll = false): string[] {
  const { warnings } = parseConfiguration('ripd.yaml', text, { isReadableByAll, now: NOW });
  return warnings.map(({ line, column, text: why }) => `${line}:${column}: ${why}`);
}

/** What `eth0` does in a protocol whose section holds these keys, in the manner `{ … }`. */
export function interfaceWith(keys: string, protocol: 'rip' | 'ripng' = 'rip'): InterfaceConfiguration {
  const text = `${protocol}: { interfaces: { eth0: { ${keys} } } }`;
  return parseConfiguration('ripd.yaml', text).configuration[protocol]?.interfaces
    .eth0 as InterfaceConfiguration;
}
