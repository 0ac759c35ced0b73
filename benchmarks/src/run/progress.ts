import type { Step } from './measure-all.js';

/** Says on stderr what is being measured: one line that changes on a terminal, else one line per workload. */
export class Progress {
  readonly #stream: NodeJS.WriteStream;
  #workload = '';

  public constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  public show({ done, of, workload, contender, round }: Step): void {
    const percent = String(Math.floor((done * 100) / of)).padStart(3);
    if (this.#stream.isTTY) {
      this.#stream.write(`\r\u001b[K${percent} %  ${workload}  ${contender}, round ${round + 1}`);
    } else if (workload !== this.#workload) {
      this.#stream.write(`${percent} %  ${workload}\n`);
    }
    this.#workload = workload;
  }

  public end(): void {
    if (this.#stream.isTTY) this.#stream.write('\r\u001b[K');
  }
}
