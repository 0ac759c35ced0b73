import { SeglogError } from '@seglog/core';

/** Where a map belongs: one opened directory. It is closed when that directory, or one above it, is. */
export class MapScope {
  /** Names below the root, each after a slash. */
  public readonly path: string;
  readonly #parent: MapScope | undefined;
  #closed = false;

  public constructor(path: string, parent?: MapScope) {
    this.path = path;
    this.#parent = parent;
  }

  public child(name: string): MapScope {
    return new MapScope(this.pathOf(name), this);
  }

  public pathOf(name: string): string {
    return `${this.path}/${name}`;
  }

  public close(): void {
    this.#closed = true;
  }

  public requireOpen(): void {
    if (this.closed) throw new SeglogError('LOG_CLOSED', 'the storage directory is closed');
  }

  public get closed(): boolean {
    return this.#closed || (this.#parent?.closed ?? false);
  }

  public isWithin(scope: MapScope): boolean {
    return this === scope || (this.#parent?.isWithin(scope) ?? false);
  }
}
