/**
 * What a router remembers from one run to the next: the sequence number that authentication has reserved. Before this
 * file: `router/runtime`, by the port `State`. After it: a file.
 *
 * Each router has a file of its own, called after its control socket: two that run cannot have the same. They can have the
 * same namespace's name, as each container has one of its own.
 *
 * Invariants: the file holds one number, whole; it is on disk when `reserveSequence` returns. A directory that cannot be
 * used is no reason to stop: without it, authentication fails only if the clock goes back while the router is down.
 */
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { State } from '@ripstop/router';
import { makeDirectory } from './directory.ts';

export interface StateDirectoryOptions {
  readonly directory: string;
  /** The router's control socket. */
  readonly socket: string;
  warn(message: string): void;
}

export class StateDirectory implements State {
  #sequence: number;
  readonly #file: string;
  readonly #warn: (message: string) => void;
  /** The last number could not be written, and that was told. */
  #broken = false;

  constructor({ directory, socket, warn }: StateDirectoryOptions) {
    this.#file = join(directory, `${fileNameOf(socket)}.sequence`);
    this.#warn = warn;
    this.#sequence = this.#read();
  }

  /** The number that was reserved last, in this run or the one before; 0 if there is none. */
  get sequence(): number {
    return this.#sequence;
  }

  reserveSequence(sequence: number): void {
    this.#sequence = sequence;
    try {
      writeDurably(this.#file, `${sequence}\n`);
      this.#broken = false;
    } catch (error) {
      if (!this.#broken) {
        this.#warn(
          `authentication's sequence number cannot be kept for the next start (${(error as Error).message}): ` +
            'neighbors will refuse packets if the clock goes back meanwhile; see state-directory',
        );
      }
      this.#broken = true;
    }
  }

  #read(): number {
    let text: string;
    try {
      text = readFileSync(this.#file, 'utf8');
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      // ENOTDIR is a broken directory: the first write tells of it.
      if (code !== 'ENOENT' && code !== 'ENOTDIR')
        this.#warn(`the last sequence number is unknown: ${message}`);
      return 0;
    }
    if (/^\d{1,10}\n$/.test(text)) return Number(text);
    this.#setAside();
    return 0;
  }

  /** Keeps a file that holds no number for whoever wants to know what became of it. */
  #setAside(): void {
    const aside = `${this.#file}.damaged`;
    try {
      renameSync(this.#file, aside);
      this.#warn(`the last sequence number is unknown: the file is damaged, it is now ${aside}`);
    } catch (error) {
      this.#warn(`the last sequence number is unknown: the file is damaged (${(error as Error).message})`);
    }
  }
}

/** `/run/ripd/ripd.sock` as `run-ripd-ripd.sock`; no two paths give the same. */
function fileNameOf(path: string): string {
  const escaped = resolve(path).slice(1).replaceAll('%', '%25').replaceAll('-', '%2D');
  return escaped.replaceAll('/', '-');
}

/** After a crash at any moment, the file has either the old text or the new one. rename(2), fsync(2) */
function writeDurably(file: string, text: string): void {
  const directory = dirname(file);
  makeDirectory(directory);
  const temporary = `${file}.new`;
  withOpen(temporary, 'w', (fd) => {
    writeFileSync(fd, text);
    fsyncSync(fd);
  });
  renameSync(temporary, file);
  withOpen(directory, 'r', fsyncSync);
}

function withOpen(path: string, flags: 'r' | 'w', action: (fd: number) => void): void {
  const fd = openSync(path, flags, 0o644);
  try {
    action(fd);
  } finally {
    closeSync(fd);
  }
}
