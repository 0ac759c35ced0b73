import { SeglogError } from '@seglog/core';

/** Something that holds descriptors until it is closed. */
export interface Member {
  readonly descriptors: number;
  close(): Promise<void>;
}

/** All that was opened through one directory: what `close` closes, and what `descriptors` counts. */
export class Scope implements Member {
  readonly #parent: Scope | undefined;
  readonly #members = new Set<Member>();
  readonly #locks = new Set<Member>();
  #closed = false;

  public constructor(parent?: Scope) {
    this.#parent = parent;
  }

  public get closed(): boolean {
    return this.#closed || (this.#parent?.closed ?? false);
  }

  public get descriptors(): number {
    let count = 0;
    for (const member of this.#members) count += member.descriptors;
    for (const lock of this.#locks) count += lock.descriptors;
    return count;
  }

  public requireOpen(): void {
    if (this.closed) throw new SeglogError('LOG_CLOSED', 'the storage directory is closed');
  }

  /** A scope is known to the one around it only while it holds something, so that forgotten ones cost nothing. */
  public add(member: Member, kind: 'file' | 'lock' = 'file'): void {
    (kind === 'lock' ? this.#locks : this.#members).add(member);
    this.#parent?.add(this);
  }

  public delete(member: Member): void {
    this.#members.delete(member);
    this.#locks.delete(member);
    if (this.#members.size + this.#locks.size === 0) this.#parent?.delete(this);
  }

  /** Locks go last: while a write is under way nobody else may believe that the directory is free. */
  public async close(): Promise<void> {
    this.#closed = true;
    const failures: unknown[] = [];
    for (const round of [this.#members, this.#locks]) {
      for (const end of await Promise.allSettled([...round].map((member) => member.close()))) {
        if (end.status === 'rejected') failures.push(end.reason);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}
