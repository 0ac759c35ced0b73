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
    const waiting = new AbortController();
    const { signal } = waiting;
    try {
      await Promise.race([once(this.#stream, 'drain', { signal }), closing(this.#stream, signal)]);
    } catch (error) {
      throw isBrokenPipe(error) ? new PipeClosed('the reader has gone') : error;
    } finally {
      // Whatever was waited for in vain listens no longer.
      waiting.abort();
    }
  }
}

async function closing(stream: Writable, signal: AbortSignal): Promise<never> {
  await once(stream, 'close', { signal });
  throw new PipeClosed('the reader has gone');
}

const isBrokenPipe = (error: unknown): boolean =>
  error instanceof Error &&
  'code' in error &&
  (error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED');
