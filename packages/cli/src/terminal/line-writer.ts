import { once } from 'node:events';
import type { Writable } from 'node:stream';

const FLUSH_CHARACTERS = 64 * 1024;

/** Raised when the reader of a pipe has gone: the command ends quietly. */
export class PipeClosed extends Error {
  public override readonly name = 'PipeClosed';
}

/** Writes lines to a stream in large pieces, and waits for it when it is full: a dump of any length takes little memory. */
export class LineWriter {
  readonly #stream: Writable;
  #waiting = '';

  public constructor(stream: Writable) {
    this.#stream = stream;
  }

  /** Without a promise as long as there is room. */
  public line(text: string): Promise<void> | undefined {
    this.#waiting += `${text}\n`;
    return this.#waiting.length < FLUSH_CHARACTERS ? undefined : this.flush();
  }

  public async flush(): Promise<void> {
    const text = this.#waiting;
    this.#waiting = '';
    if (text === '') return;
    if (this.#stream.destroyed) throw new PipeClosed('the reader has gone');
    if (this.#stream.write(text)) return;
    await Promise.race([once(this.#stream, 'drain'), closing(this.#stream)]);
  }
}

async function closing(stream: Writable): Promise<never> {
  await once(stream, 'close');
  throw new PipeClosed('the reader has gone');
}
