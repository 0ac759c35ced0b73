import {
  type Log,
  type LogEvent,
  type LogObserver,
  SeglogError,
  type SegmentFacts,
  type SegmentName,
  type StorageDirectory,
  segmentFileName,
} from '@seglog/core';
import { type Blake3, loadBlake3 } from './blake3.js';
import { decodeLink, encodeLink, isLink, type SegmentLink } from './segment-link.js';

export interface HashChainContext {
  readonly directory: StorageDirectory;
  /** Appends a link, durably. */
  append(link: Uint8Array): Promise<unknown>;
  /** A segment is not what its link says. What it throws keeps the log from being opened. */
  onBroken(error: SeglogError, segment: SegmentFacts): void;
}

/**
 * Links each sealed segment to the log behind it: a record with the BLAKE3 hash of its file, all bytes of it. The hash of the
 * next segment covers that record, so nothing can be changed in a segment unless everything after it is changed as well.
 */
export class HashChain implements LogObserver {
  readonly #context: HashChainContext;
  readonly #links = new Map<string, SegmentLink>();
  #work: Promise<void> = Promise.resolve();
  #blake3: Blake3 | undefined;

  public constructor(context: HashChainContext) {
    this.#context = context;
  }

  /** Links of segments, in their order; some may have been released. */
  public get links(): readonly SegmentLink[] {
    return [...this.#links.values()].toSorted((a, b) => a.baseOffset - b.baseOffset);
  }

  public observe(event: LogEvent): void {
    if (event.type === 'rolled') this.#linkLater(event.segment);
    if (event.type === 'purged') this.#forget(event.logStart);
  }

  /** Checks every sealed segment of an opened log against its link, and links those that a crash left without one. */
  public async open(log: Log): Promise<void> {
    this.#blake3 = await loadBlake3();
    await this.#readLinks(log);
    const sealed = log.maintenance.segments().filter((segment) => segment.sealed);
    for (const segment of sealed) {
      const link = this.#links.get(segment.id);
      if (link === undefined) this.#linkLater(segment);
      else await this.#check(segment, link);
    }
    await this.whenLinked();
  }

  /** Resolves when every segment that was sealed so far is linked, or could not be. */
  public async whenLinked(): Promise<void> {
    for (let seen: Promise<void> | undefined; seen !== this.#work; ) {
      seen = this.#work;
      await seen;
    }
  }

  async #readLinks(log: Log): Promise<void> {
    const present = new Set(log.maintenance.segments().map(({ id }) => id));
    const { logStart, durable } = log.offsets();
    await log.scan(
      logStart,
      ({ key, value }) => {
        if (!isLink(key)) return;
        const link = decodeLink(value);
        if (present.has(link.id)) this.#links.set(link.id, link);
      },
      { to: durable },
    );
  }

  async #check(segment: SegmentFacts, link: SegmentLink): Promise<void> {
    const file = segmentFileName(segment);
    const found = await this.#blake3?.ofFile(this.#context.directory, file);
    if (found?.bytes === link.bytes && Buffer.compare(found.hash, link.hash) === 0) return;
    const sentence = 'a segment of the write-ahead log is not what its chain of hashes says';
    const facts = { file, bytes: found?.bytes, linkedBytes: link.bytes };
    this.#context.onBroken(new SeglogError('CORRUPT_SEGMENT', sentence, facts), segment);
  }

  /** One after the other, beside the appends. What could not be linked is linked when the log is opened again. */
  #linkLater(segment: SegmentName): void {
    this.#work = this.#work.then(() => this.#link(segment)).catch(() => undefined);
  }

  async #link({ id, baseOffset }: SegmentName): Promise<void> {
    const found = await this.#blake3?.ofFile(this.#context.directory, segmentFileName({ id, baseOffset }));
    // It was released meanwhile.
    if (found === undefined) return;
    const link = { id, baseOffset, ...found };
    await this.#context.append(encodeLink(link));
    this.#links.set(id, link);
  }

  /** A segment before one that begins at or below the log start is gone. */
  #forget(logStart: number): void {
    const below = this.links.filter(({ baseOffset }) => baseOffset <= logStart);
    for (const { id } of below.slice(0, -1)) this.#links.delete(id);
  }
}
