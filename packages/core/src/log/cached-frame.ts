import type { FrameTable } from './frame-table.js';

/** So many times its bytes: reads that go everywhere would else spend their time on bringing frames in and out. */
const WORN_TIMES = 8;

/** A verified frame by its table, and while there is room by its bytes: then reading a record reads no file. */
export class CachedFrame {
  public readonly segment: string;
  public readonly baseOffset: number;
  public readonly lastOffset: number;
  public readonly table: FrameTable;
  /** All of its bytes. */
  public source: Uint8Array | undefined;
  /** Read from the file since its bytes were last here. */
  public readBytes = 0;
  /** It was used since the cache last looked for room. */
  public recent = false;
  /** The cache has dropped it. */
  public gone = false;

  public constructor(segment: string, table: FrameTable) {
    this.segment = segment;
    this.baseOffset = table.baseOffset;
    this.lastOffset = table.lastOffset;
    this.table = table;
  }

  /** More was read from the file, piece by piece, than its whole costs. */
  public get worn(): boolean {
    return this.readBytes >= WORN_TIMES * this.table.frameBytes;
  }
}
