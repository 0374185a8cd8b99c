/** A stream that keeps what a program writes, for tests that run it in their own process. */
import { Writable } from 'node:stream';

export class CapturedText extends Writable {
  text = '';

  constructor() {
    super({ decodeStrings: false });
  }

  override _write(chunk: string, _encoding: string, done: () => void): void {
    this.text += chunk;
    done();
  }
}
