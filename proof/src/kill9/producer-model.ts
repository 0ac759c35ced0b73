import type { Append, Stamp } from './ledger.js';

export interface SentBatch extends Append {
  readonly count: number;
  readonly sequence: number;
}

/** What an idempotent producer knows about itself after a crash. */
export interface ProducerMemory {
  readonly epoch: number;
  readonly nextSequence: number;
  /** The last batches that it sent, acknowledged or not, in order: it sends them once more, under their old stamps. */
  readonly repeat: readonly SentBatch[];
}

/** Fewer than the batches that a partition remembers of a producer. */
const REPEATED = 4;

/** The one idempotent producer of a partition. */
export class ProducerModel {
  #epoch = 0;
  #nextSequence = 0;
  #repeat: SentBatch[] = [];

  public sent({ epoch, sequence }: Stamp, batch: Omit<SentBatch, 'sequence'>): void {
    if (epoch > this.#epoch) this.#repeat = [];
    else if (this.#repeat.some((other) => other.sequence === sequence)) return;
    this.#epoch = epoch;
    this.#nextSequence = sequence + batch.count;
    this.#repeat = [...this.#repeat, { ...batch, sequence }].slice(-REPEATED);
  }

  /** After a truncation or a refusal the numbers in the log are not the producer's any more. */
  public startAnew(): void {
    this.#epoch += 1;
    this.#nextSequence = 0;
    this.#repeat = [];
  }

  public get memory(): ProducerMemory {
    return { epoch: this.#epoch, nextSequence: this.#nextSequence, repeat: this.#repeat };
  }
}
