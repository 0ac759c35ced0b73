import {
  crc32c,
  type KnownFormats,
  Log,
  openStoredSegment,
  readStoredManifest,
  SeglogError,
  type SegmentFacts,
  type StorageDirectory,
  walkStoredFrames,
} from '@seglog/core';
import { logComponents } from '../place/log-components.js';
import { type JsonRecord, toJsonRecord } from '../text/record-json.js';

/** Takes a record; what it returns is waited for. */
export type TakeRecord = (record: JsonRecord) => Promise<void> | undefined;

/**
 * Reads a log that another process may be writing, from where it stopped the last time: frames that are whole, and no
 * further. A frame that is just being written is read the next time.
 */
export class LogFollower {
  readonly #directory: StorageDirectory;
  readonly #formats: KnownFormats;
  readonly #lastRecords: number;
  /** Offset of the next record to be shown. */
  #next: number | undefined;
  /** Where the next frame starts in the segment that was read last. */
  #place: { readonly id: string; readonly position: number } | undefined;

  public constructor(
    directory: StorageDirectory,
    { lines, formats }: { readonly lines: number; readonly formats: KnownFormats },
  ) {
    this.#directory = directory;
    this.#lastRecords = lines;
    this.#formats = formats;
  }

  /** Hands out what is new. The first time: the last records. */
  public async look(take: TakeRecord): Promise<void> {
    this.#next ??= await this.#start();
    const { value: manifest } = await readStoredManifest(this.#directory, crc32c());
    if (manifest === undefined) return;
    for (const { facts } of manifest.segments) {
      if (facts.sealed && facts.nextOffset <= this.#next) continue;
      await this.#read(facts, take);
    }
  }

  async #start(): Promise<number> {
    const log = new Log(logComponents(this.#directory, this.#formats));
    try {
      await log.open({ readOnly: true });
      const { logStart, logEnd } = log.offsets();
      return Math.max(logStart, logEnd - this.#lastRecords);
    } finally {
      await log.close();
    }
  }

  async #read(facts: SegmentFacts, take: TakeRecord): Promise<void> {
    const { id, baseOffset, firstPosition } = facts;
    const file = `${String(baseOffset).padStart(20, '0')}-${id}.log`;
    const segment = await openStoredSegment(this.#directory, file, this.#formats).catch((error: unknown) => {
      // A segment that was removed since the manifest was read is looked for the next time.
      if (SeglogError.is(error, 'STORAGE')) return undefined;
      throw error;
    });
    const cursor = segment?.codec?.createCursor();
    if (segment === undefined || cursor === undefined) return;
    let position = this.#place?.id === id ? this.#place.position : firstPosition;
    try {
      const from = position;
      await walkStoredFrames(
        segment,
        async (piece) => {
          if (piece.kind !== 'frame') {
            if (facts.sealed && piece.position < facts.endPosition) throw damagedAt(file, piece.position);
            return false;
          }
          cursor.load(piece.source, piece.at, piece.header);
          while (cursor.next()) {
            if (cursor.offset < (this.#next ?? 0)) continue;
            this.#next = cursor.offset + 1;
            await take(toJsonRecord(cursor));
          }
          position = piece.position + piece.header.frameBytes;
          return true;
        },
        from,
      );
    } finally {
      this.#place = { id, position };
      await segment.reader.close();
    }
  }
}

/** Behind a growing segment there may be a frame that is just being written; a sealed one is whole, or damaged. */
function damagedAt(file: string, position: number): SeglogError {
  return new SeglogError('CORRUPT_SEGMENT', 'a frame is damaged', { file, position });
}
