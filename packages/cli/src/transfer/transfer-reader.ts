import { createInterface, type Interface } from 'node:readline';
import type { Readable } from 'node:stream';
import { BadLine, parseLine, type TransferLine } from './transfer-lines.js';

/** The lines of an export one after the other, with one that can be looked at before it is taken. */
export class TransferReader {
  readonly #input: Readable;
  readonly #interface: Interface;
  readonly #lines: AsyncIterator<string>;
  #line = 0;
  #next: TransferLine | undefined;
  #ended = false;

  public constructor(input: Readable) {
    this.#input = input;
    this.#interface = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
    this.#lines = this.#interface[Symbol.asyncIterator]();
  }

  /** Number of the line that was read last, from 1. */
  public get line(): number {
    return this.#line;
  }

  /** Reads no further: there are no more lines, and whoever writes the input is told. */
  public close(): void {
    this.#interface.close();
    this.#input.destroy();
  }

  /** The next line, which stays; undefined at the end. */
  public async peek(): Promise<TransferLine | undefined> {
    while (this.#next === undefined && !this.#ended) {
      const { value, done } = await this.#lines.next();
      if (done === true) this.#ended = true;
      else {
        this.#line += 1;
        if (value.trim() !== '') this.#next = parseLine(value, this.#line);
      }
    }
    return this.#next;
  }

  /** The next line, which must be of this kind. */
  public async take<T extends TransferLine['type']>(
    type: T,
  ): Promise<Extract<TransferLine, { readonly type: T }>> {
    const line = await this.peek();
    if (line === undefined && this.#line === 0) throw new BadLine(0, 'there is no line at all');
    if (!isOf(line, type)) throw new BadLine(this.#line, `a line of the type ${type} belongs there`);
    this.#next = undefined;
    return line;
  }
}

function isOf<T extends TransferLine['type']>(
  line: TransferLine | undefined,
  type: T,
): line is Extract<TransferLine, { readonly type: T }> {
  return line?.type === type;
}
