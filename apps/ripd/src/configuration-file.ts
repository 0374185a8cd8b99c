/**
 * Reads a configuration file: YAML, and so JSON too. Every mistake is told with its line and column, with what is there
 * and what was expected; all of them at once. Before this file: `ripd`. After it: `configuration-schema`.
 */
import { readFileSync } from 'node:fs';
import {
  type Document,
  isMap,
  isNode,
  isPair,
  LineCounter,
  type Node,
  type ParsedNode,
  parseDocument,
  visit,
} from 'yaml';
import type { z } from 'zod';
import type { DaemonConfiguration } from './configuration.ts';
import { configurationSchema } from './configuration-schema.ts';
import { nearestName } from './nearest-name.ts';

/** A file longer than this is not a configuration. */
const CONFIGURATION_BYTES_MAX = 1 << 20;

/** One thing that is wrong, or merely unwise, in a file. Lines and columns count from 1. */
export interface Remark {
  readonly line: number;
  readonly column: number;
  /** What is wrong and what was expected. */
  readonly text: string;
}

/** A file that cannot be used. Its message has a line for every mistake: `FILE:LINE:COLUMN: …`. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
  readonly code = 'CONFIGURATION';
  readonly file: string;
  readonly mistakes: readonly Remark[];

  constructor(file: string, mistakes: readonly Remark[]) {
    super(mistakes.map((mistake) => printRemark(file, mistake)).join('\n'));
    this.file = file;
    this.mistakes = mistakes;
  }
}

export function printRemark(file: string, { line, column, text }: Remark): string {
  return `${file}:${line}:${column}: ${text}`;
}

/**
 * Reads and checks a file.
 * @returns what it says, and what in it is unwise
 * @throws ConfigurationError with every mistake
 */
export function readConfiguration(file: string): {
  configuration: DaemonConfiguration;
  warnings: readonly Remark[];
} {
  return parseConfiguration(file, readText(file));
}

/** As `readConfiguration`, of a text that is already read. */
export function parseConfiguration(
  file: string,
  text: string,
): { configuration: DaemonConfiguration; warnings: readonly Remark[] } {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false });
  const at: Position = (offset) => {
    const { line, col } = lineCounter.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  if (document.errors.length > 0) {
    throw new ConfigurationError(
      file,
      document.errors.map((error) => ({
        ...at(error.pos[0]),
        text: `${error.message}, expected YAML or JSON`,
      })),
    );
  }

  const root = document.contents;
  const value = resolved(file, document, at);
  const place: Place = (path, wanted = 'value') => at(offsetOf(root, path, wanted));
  const result = configurationSchema.safeParse(value);
  if (!result.success) {
    const mistakes = result.error.issues.flatMap((issue) => remarksOf(issue, value, place));
    throw new ConfigurationError(
      file,
      mistakes.sort((a, b) => a.line - b.line || a.column - b.column),
    );
  }
  return {
    configuration: result.data,
    warnings: unwise(result.data, value).map(({ path, text: why }) => ({ ...place(path), text: why })),
  };
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

/** The document as values. @throws ConfigurationError if aliases lead nowhere, or to too much */
function resolved(file: string, document: Document.Parsed, at: Position): unknown {
  const mistakes: Remark[] = [];
  visit(document, {
    Alias(_key, alias) {
      if (alias.resolve(document) !== undefined) return;
      const text = `*${alias.source} stands for nothing, expected &${alias.source} before it`;
      mistakes.push({ ...at(alias.range?.[0] ?? 0), text });
    },
  });
  if (mistakes.length > 0) throw new ConfigurationError(file, mistakes);
  try {
    return document.toJS();
  } catch (error) {
    const text = `${(error as Error).message}, expected fewer aliases`;
    throw new ConfigurationError(file, [{ ...at(0), text }]);
  }
}

type Position = (offset: number) => { line: number; column: number };
type Place = (path: readonly PropertyKey[], wanted?: 'key' | 'value') => { line: number; column: number };

function remarksOf(issue: z.core.$ZodIssue, value: unknown, place: Place): Remark[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      ...place([...issue.path, key], 'key'),
      text: unknownKey(key, issue.message),
    }));
  }
  const found = valueAt(value, issue.path);
  const name = issue.path.length === 0 ? 'the file' : issue.path.map(String).join('.');
  const what = found === undefined ? `${name} is missing` : `${name} is ${JSON.stringify(found)}`;
  return [{ ...place(issue.path), text: `${what}, expected ${issue.message}` }];
}

function unknownKey(key: string, known: string): string {
  const near = nearestName(key, known.split(', '));
  const hint = near === undefined ? `one of: ${known}` : `perhaps ${JSON.stringify(near)}`;
  return `unknown key ${JSON.stringify(key)}, expected ${hint}`;
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let found = value;
  for (const step of path) {
    if (typeof found !== 'object' || found === null) return undefined;
    found = (found as Record<PropertyKey, unknown>)[step];
  }
  return found;
}

/**
 * Where a path is written: its value, or its key if that is wanted or the value is a section of its own. Of what is
 * missing, the innermost section that is there.
 */
function offsetOf(root: ParsedNode | null, path: readonly PropertyKey[], wanted: 'key' | 'value'): number {
  let offset = root?.range[0] ?? 0;
  let node: unknown = root;
  for (const [index, step] of path.entries()) {
    if (!isMap(node)) {
      const item = isNode(node) && 'items' in node ? (node.items as unknown[])[Number(step)] : undefined;
      if (!isNode(item)) break;
      node = item;
    } else {
      const pair = node.items.find(({ key }) => isNode(key) && String(key) === String(step));
      if (!isPair(pair)) break;
      const last = index === path.length - 1;
      const value = pair.value as Node | null;
      node = last && (wanted === 'key' || isMap(value)) ? pair.key : (value ?? pair.key);
    }
    if (isNode(node)) offset = node.range?.[0] ?? offset;
  }
  return offset;
}

function unwise(configuration: DaemonConfiguration, file: unknown): { path: string[]; text: string }[] {
  const found: { path: string[]; text: string }[] = [];
  if (valueAt(file, ['state-directory']) !== undefined) {
    found.push({ path: ['state-directory'], text: 'state-directory has no effect in this version' });
  }
  for (const [name, { timers, passive, noListen }] of Object.entries(configuration.rip.interfaces)) {
    const path = ['rip', 'interfaces', name];
    if (timers.timeout <= timers.update) {
      const [timeout, update] = [timers.timeout / 1_000, timers.update / 1_000];
      const text = `${name}: a timeout of ${timeout} s is not above the update interval of ${update} s: routes will flap`;
      found.push({ path, text });
    }
    if (passive && noListen)
      found.push({ path, text: `${name}: passive and no-listen together: RIP does nothing here` });
  }
  return found;
}
