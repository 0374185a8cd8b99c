/**
 * Reads a configuration file: YAML, and so JSON too. Every mistake is told with its line and column, with what is there
 * and what was expected; all of them at once. Before this file: `ripd`. After it: `schema`, then `daemon-configuration`.
 */
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Document, LineCounter, parseDocument, visit } from 'yaml';
import { type DaemonConfiguration, instancesOf } from '../configuration.ts';
import { daemonConfiguration } from './daemon-configuration.ts';
import { isReadableByAll } from './key-file.ts';
import { remarksOf } from './mistake.ts';
import { placesIn, positionOf, valueAt } from './place.ts';
import { ConfigurationError, inOrder, type Remark } from './remark.ts';
import { configurationSchema, kernelProtocol } from './schema.ts';
import { unusedSections } from './unused.ts';
import { unwiseInterfaces } from './unwise.ts';
import { unwiseKernel } from './unwise-kernel.ts';
import { unwiseKeys } from './unwise-keys.ts';
import { unwisePolicy } from './unwise-policy.ts';
import { unwiseRedistribution } from './unwise-redistribution.ts';

/** A file longer than this is not a configuration. */
const CONFIGURATION_BYTES_MAX = 1 << 20;

/** What a file says, and what in it is unwise. */
export interface CheckedConfiguration {
  readonly configuration: DaemonConfiguration;
  readonly warnings: readonly Remark[];
}

/**
 * Reads and checks a file, and the key files that it names.
 * @throws ConfigurationError with every mistake
 */
export function readConfiguration(file: string): CheckedConfiguration {
  return parseConfiguration(file, readText(file), { isReadableByAll: isReadableByAll(file) });
}

/**
 * As `readConfiguration`, of a text that is already read.
 * @param file for messages; paths of key files begin where it is
 * @param now wall clock, by which keys are called expired
 */
export function parseConfiguration(
  file: string,
  text: string,
  { isReadableByAll = false, now = Date.now() } = {},
): CheckedConfiguration {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false });
  if (document.errors.length > 0) {
    throw new ConfigurationError(
      file,
      document.errors.map(({ pos, message }) => ({
        ...positionOf(pos[0], lineCounter),
        text: `${withoutSource(message)}, expected YAML or JSON`,
      })),
    );
  }

  const value = resolved(file, document, lineCounter);
  const place = placesIn(document, lineCounter);
  const result = configurationSchema({
    folder: dirname(file),
    keyChains: namesIn(value, 'key-chains'),
    prefixSets: namesIn(value, 'prefix-sets'),
    ownProtocol: kernelProtocol.safeParse(valueAt(value, ['kernel', 'protocol'])).data,
  }).safeParse(value);
  if (!result.success) {
    const mistakes = result.error.issues.flatMap((issue) => remarksOf(issue, value, place));
    throw new ConfigurationError(file, mistakes);
  }
  const configuration = daemonConfiguration(result.data);
  const warnings = [
    ...unwiseKernel(configuration),
    ...unwiseKeys(result.data, isReadableByAll, now),
    ...instancesOf(configuration).flatMap((instance) => [
      ...unwiseInterfaces(instance),
      ...unwisePolicy(instance),
      ...unwiseRedistribution(instance),
    ]),
    ...unusedSections(result.data),
  ].map(({ path, text: why }): Remark => ({ ...place(path), text: why }));
  return { configuration, warnings: inOrder(warnings) };
}

function readText(file: string): string {
  try {
    const bytes = readFileSync(file);
    if (bytes.byteLength <= CONFIGURATION_BYTES_MAX) return bytes.toString('utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new ConfigurationError(file, [
      { line: 1, column: 1, text: `cannot be read (${code}), expected a file` },
    ]);
  }
  const text = `is too long, expected at most ${CONFIGURATION_BYTES_MAX} bytes`;
  throw new ConfigurationError(file, [{ line: 1, column: 1, text }]);
}

/** What the parser says of a mistake may end in a quotation, and that may be a secret. */
function withoutSource(message: string): string {
  return message.replace(/: .*$/s, '');
}

/** The document as values. @throws ConfigurationError if aliases lead nowhere, or to too much */
function resolved(file: string, document: Document.Parsed, lineCounter: LineCounter): unknown {
  const mistakes: Remark[] = [];
  visit(document, {
    Alias(_key, alias) {
      if (alias.resolve(document) !== undefined) return;
      // It may be a secret that begins with an asterisk.
      const text = 'an alias stands for nothing, expected its anchor (&) before it, or quotes around a text';
      mistakes.push({ ...positionOf(alias.range?.[0] ?? 0, lineCounter), text });
    },
  });
  if (mistakes.length > 0) throw new ConfigurationError(file, mistakes);
  try {
    return document.toJS();
  } catch (error) {
    const text = `${(error as Error).message}, expected fewer aliases`;
    throw new ConfigurationError(file, [{ ...positionOf(0, lineCounter), text }]);
  }
}

/** The names that the sections of a list have, sound or not. */
function namesIn(value: unknown, list: string): string[] {
  const sections = valueAt(value, [list]);
  if (!Array.isArray(sections)) return [];
  const names = sections.map((item) => valueAt(item, ['name'])).filter((name) => typeof name === 'string');
  return [...new Set(names)].filter((name) => name !== '');
}
