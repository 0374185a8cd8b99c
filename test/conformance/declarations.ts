/**
 * Where a name is declared in the sources of the packages and apps, so that a clause can name the code that keeps it and
 * is told when that code is gone. Names, not paths and lines: code moves more often than it is renamed.
 */
import { readFileSync } from 'node:fs';
import { filesUnder } from './tree.ts';

/** What is at the margin: `export function receive(`, `export const drops`, `class Router`. */
const atMargin = /^(?:export )?(?:abstract )?(?:async )?(?:function|class|const|interface|type)\s+(\w+)/;
/** What is inside a class: `offer(`, `get deadline(`, `readonly #table`, `static of(`. */
const inClass = /^ {2}(?:(?:static|readonly|async|get|set) )*(#?\w+)(?:[(<:=!?]| [=:])/;

/** RIP itself comes first: `receive` of a test kit elsewhere is not what a clause means. */
const rip = 'packages/rip/src/';

export class Declarations {
  /** Paths from the root, by name. */
  readonly #files = new Map<string, Set<string>>();

  constructor(root: string) {
    const paths = ['packages', 'apps'].flatMap((folder) => filesUnder(root, folder));
    for (const path of paths.filter((name) => /^\w+\/[^/]+\/src\/.*\.ts$/.test(name))) {
      this.#read(path, readFileSync(root + path, 'utf8'));
    }
  }

  /**
   * The file that declares `name` or `Class.member`; undefined if none or more than one does. `ipv4/name` means the one in a
   * folder `ipv4`.
   */
  fileOf(name: string): string | undefined {
    const slash = name.lastIndexOf('/') + 1;
    const files = this.#files.get(name.slice(slash)) ?? [];
    const all = [...files].filter((path) => path.includes(`/${name.slice(0, slash)}`));
    const ours = all.filter((path) => path.startsWith(rip));
    const [only, ...others] = ours.length > 0 ? ours : all;
    return others.length === 0 ? only : undefined;
  }

  #read(path: string, text: string): void {
    let inside: string | undefined;
    for (const line of text.split('\n')) {
      const [declaration, name] = atMargin.exec(line) ?? [];
      if (name !== undefined) {
        this.#add(name, path);
        inside = declaration?.includes('class ') ? name : undefined;
      } else if (inside !== undefined) {
        const [, member] = inClass.exec(line) ?? [];
        if (member !== undefined) this.#add(`${inside}.${member}`, path);
      }
    }
  }

  #add(name: string, path: string): void {
    const files = this.#files.get(name) ?? new Set();
    this.#files.set(name, files.add(path));
  }
}
