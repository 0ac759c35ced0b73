import type { RecordBlock } from './record-block.js';

interface Group {
  readonly blocks: RecordBlock[];
  readonly committed: Promise<void>;
}

/**
 * The group commit that an engineer would write around a store that has none: what arrives in one turn, or while a
 * commit is under way, is committed together.
 */
export class GroupCommit {
  readonly #commit: (blocks: readonly RecordBlock[]) => unknown;
  #waiting: Group | undefined;
  #last: Promise<void> = Promise.resolve();

  public constructor(commit: (blocks: readonly RecordBlock[]) => unknown) {
    this.#commit = commit;
  }

  public append(block: RecordBlock): Promise<void> {
    this.#waiting ??= this.#next();
    this.#waiting.blocks.push(block);
    return this.#waiting.committed;
  }

  #next(): Group {
    const blocks: RecordBlock[] = [];
    this.#last = this.#commitAfter(this.#last, blocks);
    return { blocks, committed: this.#last };
  }

  async #commitAfter(last: Promise<void>, blocks: readonly RecordBlock[]): Promise<void> {
    await last;
    this.#waiting = undefined;
    await this.#commit(blocks);
  }
}
