import { SeglogError } from '../contract/error.js';

/** Whether a directory, or one that it was reached through, has been closed: files and children ask before each call. */
export class OpenScope {
  readonly #parent: OpenScope | undefined;
  readonly #onClose = new Set<() => void>();
  #closed = false;

  public constructor(parent?: OpenScope) {
    this.#parent = parent;
  }

  public get closed(): boolean {
    return this.#closed || (this.#parent?.closed ?? false);
  }

  public requireOpen(): void {
    if (this.closed) throw new SeglogError('LOG_CLOSED', 'the storage directory is closed');
  }

  /** Calls `release` when this scope or one around it closes, unless the returned function forgets it before. */
  public onClose(release: () => void): () => void {
    this.#onClose.add(release);
    const forgetAbove = this.#parent?.onClose(release);
    return () => {
      this.#onClose.delete(release);
      forgetAbove?.();
    };
  }

  public close(): void {
    this.#closed = true;
    for (const release of this.#onClose) release();
    this.#onClose.clear();
  }
}
