import {
  CombinedObserver,
  Log,
  type LogComponents,
  type LogStats,
  noIndex,
  type RecordInput,
  type RecoveryReport,
  type SealedSegment,
  SeglogError,
  type SegmentFacts,
  segmentFileName,
  type WalMarks,
  type WalPosition,
  type WalRecord,
  type WalReplay,
  type WriteAheadLog,
} from '@seglog/core';
import { HashChain } from './hash-chain.js';
import type { SegmentLink } from './segment-link.js';
import { cutIntoPieces, linkPiece, PieceJoiner } from './wal-piece.js';
import { logPart, type WalSettings, walSettings } from './wal-settings.js';

/** Records of about so many bytes are copied out of the log in one go. */
const REPLAY_BYTES = 1024 * 1024;

/**
 * A write-ahead log that is a log: its offsets are the LSNs, its group commit, segments, manifest, recovery and quarantine
 * are those of every partition, proven by the same searches. What is added is how records are cut into pieces and joined.
 * `open` before use. It expects to be the only writer of its directory, which the data root's lock sees to.
 */
export class SegmentedWriteAheadLog implements WriteAheadLog {
  readonly #log: Log;
  readonly #chain: HashChain | undefined;
  readonly #settings: WalSettings;
  /** Segments that are not what the chain of hashes says. */
  readonly #broken = new Set<string>();
  /** Appends that have not settled, and the LSN behind them. */
  #underWay = 0;
  #next = 0;

  public constructor(components: LogComponents, settings: Partial<WalSettings> = {}) {
    this.#settings = walSettings(settings);
    const parts = { ...components, index: noIndex() };
    if (this.#settings.chain === 'blake3') {
      this.#chain = this.#newChain(parts);
      parts.observer = new CombinedObserver([parts.observer, this.#chain]);
    }
    this.#log = new Log(parts, logPart(this.#settings));
  }

  /**
   * Recovers the log, or creates it where its directory is empty. Once. Rejects as the opening of every log does; with
   * `CORRUPT_SEGMENT` also when a segment is not what the chain of hashes says, unless the log is opened to salvage.
   */
  public async open(): Promise<RecoveryReport> {
    const report = await this.#log.open();
    try {
      await this.#chain?.open(this.#log);
    } catch (cause) {
      await this.#log.close().catch(() => undefined);
      throw cause;
    }
    return report;
  }

  /**
   * What the chain of hashes says of sealed segments, in their order: empty without one. The newest ones are worth noting
   * elsewhere, for they vouch for everything before them.
   */
  public links(): readonly SegmentLink[] {
    return this.#chain?.links ?? [];
  }

  /** Resolves when every segment that was sealed so far is in the chain of hashes, if there is one. */
  public async whenLinked(): Promise<void> {
    await this.#chain?.whenLinked();
  }

  public async append(
    payload: Uint8Array,
    { kind = 0 }: { readonly kind?: number | undefined } = {},
  ): Promise<WalPosition> {
    const { maxRecordBytes: maxBytes, pieceBytes } = this.#settings;
    if (!Number.isInteger(kind) || kind < 0 || kind > 255) {
      throw new RangeError(`the kind of a record is an integer from 0 to 255, not ${kind}`);
    }
    if (payload.length > maxBytes) {
      const facts = { bytes: payload.length, maxBytes };
      throw new SeglogError('RECORD_TOO_LARGE', 'a record is over the limit of the write-ahead log', facts);
    }
    return this.#appendPieces(cutIntoPieces(payload, kind, pieceBytes));
  }

  public async replay(visit: (record: WalRecord) => unknown): Promise<WalReplay> {
    const joiner = new PieceJoiner();
    const gaps: WalReplay['gaps'][number][] = [];
    const { logStart, durable } = this.#log.offsets();
    let records = 0;
    for (let next = logStart; next < durable; ) {
      const batch: WalRecord[] = [];
      let bytes = 0;
      let expected = next;
      next = await this.#log.scan(
        next,
        ({ offset, key, value }) => {
          if (offset > expected) gaps.push({ from: expected, to: offset });
          expected = offset + 1;
          const record = joiner.take(offset, key, value);
          if (record !== undefined) batch.push(record);
          bytes += value?.length ?? 0;
          return bytes < REPLAY_BYTES;
        },
        { to: durable },
      );
      if (next === durable && expected < durable) gaps.push({ from: expected, to: durable });
      for (const record of batch) await visit(record);
      records += batch.length;
    }
    return { records, incomplete: joiner.incomplete, gaps };
  }

  /**
   * Files of sealed segments that a replay could not read all of, or that the chain of hashes disowns. What was damaged at the
   * end of the log is in its own quarantine, since it was opened.
   */
  public damagedFiles(gaps: WalReplay['gaps']): readonly string[] {
    const lacks = ({ baseOffset, nextOffset }: SegmentFacts): boolean =>
      gaps.some(({ from, to }) => from < nextOffset && to > baseOffset);
    const sealed = this.#log.maintenance.segments().filter((segment) => segment.sealed);
    return sealed.filter((segment) => this.#broken.has(segment.id) || lacks(segment)).map(segmentFileName);
  }

  public release(lsn: number): Promise<void> {
    return this.#log.deleteRecordsBefore(lsn);
  }

  public roll(): Promise<SealedSegment> {
    return this.#log.roll();
  }

  public marks(): WalMarks {
    const { logStart, durable, logEnd } = this.#log.offsets();
    return { start: logStart, durable, end: logEnd };
  }

  public stats(): LogStats {
    return this.#log.stats();
  }

  public async close(): Promise<void> {
    await this.#chain?.whenLinked();
    await this.#log.close();
  }

  public [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #newChain({ directory, observer, name }: LogComponents): HashChain {
    return new HashChain({
      directory,
      append: (link) => this.#appendPieces([linkPiece(link)]),
      onBroken: (error, { id, baseOffset }) => {
        if (this.#settings.onCorruption === 'fail') throw error;
        this.#broken.add(id);
        const file = String(error.facts['file']);
        observer.observe({ type: 'corruption', log: name, file, position: 0, offset: baseOffset });
      },
    });
  }

  /**
   * All pieces stand in line before anything else can, so those of two records never mix. Each names the LSN that it will
   * get: when one is refused for lack of room, whatever stands behind it is refused as well, and no record overtakes.
   */
  async #appendPieces(pieces: readonly RecordInput[]): Promise<WalPosition> {
    const lsn = this.#underWay === 0 ? this.#log.offsets().logEnd : this.#next;
    const nextLsn = lsn + pieces.length;
    this.#next = nextLsn;
    this.#underWay += 1;
    try {
      const appends = pieces.map((piece, i) =>
        this.#log.append([piece], { acknowledge: 'synced', expectedOffset: lsn + i }),
      );
      await (appends.length === 1 ? appends[0] : allSettled(appends));
    } catch (cause) {
      throw reasonOf(cause);
    } finally {
      this.#underWay -= 1;
    }
    return { lsn, nextLsn };
  }
}

/** Waits for all; rejects as the first one did that was rejected. */
async function allSettled(promises: readonly Promise<unknown>[]): Promise<void> {
  for (const result of await Promise.allSettled(promises)) {
    if (result.status === 'rejected') throw result.reason;
  }
}

function reasonOf(cause: unknown): unknown {
  if (!SeglogError.is(cause, 'WRONG_EXPECTED_OFFSET')) return cause;
  return new SeglogError('STORAGE_FULL', 'a record before this one was refused', {}, { cause });
}
