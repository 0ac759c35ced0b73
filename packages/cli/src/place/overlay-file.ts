import type { SegmentReader, WritableFile } from '@seglog/core';

const PAGE_BYTES = 64 * 1024;

/** What lies below an overlaid file. */
export interface FileBase {
  readonly reader: SegmentReader;
  readonly sizeBytes: number;
}

/** A file whose changes stay in memory, page by page; what was not changed is read from below. */
export class OverlayFile implements WritableFile {
  readonly #base: FileBase | undefined;
  readonly #pages = new Map<number, Uint8Array>();
  /** Bytes below that still count. */
  #visible: number;
  #sizeBytes: number;

  public constructor(base?: FileBase) {
    this.#base = base;
    this.#visible = base?.sizeBytes ?? 0;
    this.#sizeBytes = this.#visible;
  }

  public get sizeBytes(): number {
    return this.#sizeBytes;
  }

  public async write(position: number, chunks: readonly Uint8Array[]): Promise<void> {
    let at = position;
    for (const chunk of chunks) {
      for (let done = 0; done < chunk.length; ) {
        const page = await this.#page(Math.floor(at / PAGE_BYTES));
        const start = at % PAGE_BYTES;
        const part = chunk.subarray(done, done + PAGE_BYTES - start);
        page.set(part, start);
        done += part.length;
        at += part.length;
      }
    }
    this.#sizeBytes = Math.max(this.#sizeBytes, at);
  }

  public async preallocate(sizeBytes: number): Promise<void> {
    this.#sizeBytes = Math.max(this.#sizeBytes, sizeBytes);
  }

  public async truncate(sizeBytes: number): Promise<void> {
    this.#visible = Math.min(this.#visible, sizeBytes);
    this.#sizeBytes = sizeBytes;
    for (const [number, page] of this.#pages) {
      const start = number * PAGE_BYTES;
      if (start >= sizeBytes) this.#pages.delete(number);
      else if (start + PAGE_BYTES > sizeBytes) page.fill(0, sizeBytes - start);
    }
  }

  public async sync(): Promise<void> {}

  public async close(): Promise<void> {}

  public async read(position: number, scratch: Uint8Array, end: number): Promise<Uint8Array> {
    const wanted = Math.max(0, Math.min(scratch.length, Math.min(end, this.#sizeBytes) - position));
    const target = scratch.subarray(0, wanted);
    for (let done = 0; done < wanted; ) {
      const at = position + done;
      const start = at % PAGE_BYTES;
      const bytes = Math.min(PAGE_BYTES - start, wanted - done);
      const part = target.subarray(done, done + bytes);
      const page = this.#pages.get(Math.floor(at / PAGE_BYTES));
      if (page === undefined) await this.#below(at, part);
      else part.set(page.subarray(start, start + bytes));
      done += bytes;
    }
    return target;
  }

  async #page(number: number): Promise<Uint8Array> {
    const known = this.#pages.get(number);
    if (known !== undefined) return known;
    const page = new Uint8Array(PAGE_BYTES);
    await this.#below(number * PAGE_BYTES, page);
    this.#pages.set(number, page);
    return page;
  }

  /** Fills `target` with what lies below; zeros where nothing does. */
  async #below(position: number, target: Uint8Array): Promise<void> {
    target.fill(0);
    const bytes = Math.min(target.length, this.#visible - position);
    for (let done = 0; done < bytes; ) {
      const part = target.subarray(done, bytes);
      const got = await this.#base?.reader.read(position + done, part);
      if (got === undefined || got.length === 0) return;
      if (got.buffer !== part.buffer) part.set(got);
      done += got.length;
    }
  }
}
