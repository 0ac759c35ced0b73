import { byteText } from '../text/units.js';
import type { Terminal } from './terminal.js';

const QUIET_MS = 1000;
const REDRAW_MS = 100;
const BAR_CHARACTERS = 24;

/** A bar on the error stream for whatever takes longer than a second; nothing where nobody looks. */
export class Progress {
  readonly #terminal: Terminal;
  readonly #label: string;
  readonly #totalBytes: number;
  readonly #startedMs: number = performance.now();
  #drawnMs = 0;

  public constructor(terminal: Terminal, label: string, totalBytes: number) {
    this.#terminal = terminal;
    this.#label = label;
    this.#totalBytes = totalBytes;
  }

  /** So many bytes of all are done. */
  public at(doneBytes: number): void {
    if (!this.#terminal.interactive) return;
    const now = performance.now();
    if (now - this.#startedMs < QUIET_MS || now - this.#drawnMs < REDRAW_MS) return;
    this.#drawnMs = now;
    const share = this.#totalBytes === 0 ? 1 : Math.min(1, doneBytes / this.#totalBytes);
    const filled = Math.round(share * BAR_CHARACTERS);
    const bar = `${'#'.repeat(filled)}${'-'.repeat(BAR_CHARACTERS - filled)}`;
    const rate = doneBytes / ((now - this.#startedMs) / 1000);
    const text = `${this.#label} [${bar}] ${Math.floor(share * 100)} % of ${byteText(this.#totalBytes)}, ${byteText(rate)}/s`;
    this.#terminal.errors.write(`\r${text}\u001b[K`);
  }

  /** Takes the bar away. */
  public end(): void {
    if (this.#drawnMs > 0) this.#terminal.errors.write('\r\u001b[K');
  }
}
