import { SingleBar } from 'cli-progress';

/** How far a load has come: a bar on a terminal, a line for each tenth elsewhere. */
export class Progress {
  readonly #title: string;
  readonly #total: number;
  readonly #bar: SingleBar | undefined;
  #tenths = 0;

  public constructor(title: string, { from = 0, total }: { readonly from?: number; readonly total: number }) {
    this.#title = title;
    this.#total = total;
    this.#tenths = Math.floor((10 * from) / total);
    if (!process.stdout.isTTY) return;
    const format = `  ${title} [{bar}] {percentage}% | {value} of {total} records`;
    this.#bar = new SingleBar({ format, barsize: 30, hideCursor: true });
    this.#bar.start(total, from);
  }

  public update(done: number): void {
    if (this.#bar !== undefined) {
      this.#bar.update(done);
      return;
    }
    const tenths = Math.floor((10 * done) / this.#total);
    if (tenths <= this.#tenths) return;
    this.#tenths = tenths;
    console.log(`  ${this.#title} ${tenths * 10}% (${done} of ${this.#total} records)`);
  }

  public stop(): void {
    this.#bar?.stop();
  }
}
