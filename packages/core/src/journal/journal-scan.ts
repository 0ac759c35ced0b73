import type { Checksum } from '../contract/checksum.js';
import type { FileBytes } from './file-bytes.js';
import { corruptJournal } from './journal-error.js';
import { FRAME_FIRST_BYTE, FRAME_HEADER_BYTES, JournalFrames, type ReadFrame } from './journal-frame.js';
import { decodeJournalHeader, JOURNAL_HEADER_BYTES, type JournalHeader } from './journal-header.js';

export interface JournalContent {
  readonly header: JournalHeader;
  /** One array per append, in order. */
  readonly edits: readonly (readonly unknown[])[];
  /** Sequence number and link of the last edit. */
  readonly lastSequence: number;
  readonly lastLink: number;
  /** Position after the edits that the file had when it was named. */
  readonly initialEnd: number;
  /** Position after the last edit that a frame proves durable. */
  readonly provenEnd: number;
  /** Position after the last frame; what follows is a torn tail. */
  readonly end: number;
  /** Bytes between frames that cannot be read: nothing but marks can have stood there. */
  readonly skipped: readonly { readonly position: number; readonly bytes: number }[];
  /** True when a frame proves that `CURRENT` named this file durably. */
  readonly named: boolean;
  /** True when a frame proves that the last edit, and the name of this file, were durable. */
  readonly settled: boolean;
}

/**
 * Reads a whole journal file. A frame that cannot be read is a torn tail if nothing says that it was ever durable, and
 * damage otherwise. What says so: the header (edits that the file was named with), and the `proven` number in any frame
 * of this file, be it before or after the bad one.
 *
 * A mark is never synced, so a power cut may take it while the edit behind it stays: when an edit that continues the
 * sequence and its links stands behind unreadable bytes, nothing but a mark can be missing, and reading goes on there.
 *
 * Throws `CORRUPT_METADATA` or `UNSUPPORTED_FORMAT`.
 */
export async function scanJournal(
  bytes: FileBytes,
  options: { readonly file: string; readonly checksum: Checksum; readonly maxFrameBytes: number },
): Promise<JournalContent> {
  const { file, checksum, maxFrameBytes } = options;
  const header = decodeJournalHeader(await bytes.view(0, JOURNAL_HEADER_BYTES), file, checksum);
  const scan = new JournalScan(bytes, new JournalFrames(checksum, header.id), {
    file,
    header,
    maxFrameBytes,
  });
  return scan.run();
}

/** True when a journal file without a readable neighbour shows that it was in use: named by `CURRENT`, and durably so. */
export async function showsUse(
  bytes: FileBytes,
  options: { readonly file: string; readonly checksum: Checksum },
): Promise<boolean> {
  const header = decodeJournalHeader(
    await bytes.view(0, JOURNAL_HEADER_BYTES),
    options.file,
    options.checksum,
  );
  const frames = new JournalFrames(options.checksum, header.id);
  const found = await nextFrame(bytes, frames, {
    from: JOURNAL_HEADER_BYTES,
    wanted: (frame) => isUse(frame, header),
  });
  return found !== undefined;
}

/** Marks, and edits beyond those that the file began with, are written only after its name was durable. */
function isUse(frame: ReadFrame, header: JournalHeader): boolean {
  return frame.kind === 'mark' || frame.sequence > header.initialSequence;
}

class JournalScan {
  readonly #bytes: FileBytes;
  readonly #frames: JournalFrames;
  readonly #about: { readonly file: string; readonly header: JournalHeader; readonly maxFrameBytes: number };
  readonly #edits: (readonly unknown[])[] = [];
  #lastSequence: number;
  #lastLink = 0;
  #proven: number;
  #used = false;
  #initialEnd = JOURNAL_HEADER_BYTES;
  /** Where each edit ends, in order. */
  readonly #ends: number[] = [];
  readonly #skipped: { readonly position: number; readonly bytes: number }[] = [];

  public constructor(
    bytes: FileBytes,
    frames: JournalFrames,
    about: { readonly file: string; readonly header: JournalHeader; readonly maxFrameBytes: number },
  ) {
    this.#bytes = bytes;
    this.#frames = frames;
    this.#about = about;
    this.#lastSequence = about.header.firstSequence - 1;
    this.#proven = about.header.initialSequence;
  }

  public async run(): Promise<JournalContent> {
    const end = await this.#readFrames();
    if (this.#lastSequence < this.#proven) {
      throw corruptJournal('an edit of the journal that was durable cannot be read', {
        file: this.#about.file,
        position: end,
        sequence: this.#lastSequence + 1,
        proven: this.#proven,
      });
    }
    return {
      header: this.#about.header,
      edits: this.#edits,
      lastSequence: this.#lastSequence,
      lastLink: this.#lastLink,
      initialEnd: this.#initialEnd,
      provenEnd: this.#ends[this.#proven - this.#about.header.firstSequence] ?? JOURNAL_HEADER_BYTES,
      end,
      skipped: this.#skipped,
      named: this.#used,
      settled: this.#used && this.#proven === this.#lastSequence,
    };
  }

  /** The position after the last good frame. */
  async #readFrames(): Promise<number> {
    let position = JOURNAL_HEADER_BYTES;
    while (position < this.#bytes.sizeBytes) {
      const next = await this.#takeFrame(position);
      if (next !== undefined) {
        position = next;
        continue;
      }
      const resumed = await this.#resume(position);
      if (resumed === undefined) return position;
      this.#skipped.push({ position, bytes: resumed - position });
      position = resumed;
    }
    return position;
  }

  /** Takes the frame at `position` in and returns the position after it; undefined when there is no good one. */
  async #takeFrame(position: number): Promise<number | undefined> {
    const frame = this.#frames.header(await this.#bytes.view(position, FRAME_HEADER_BYTES));
    if (frame === undefined || !this.#continues(frame)) return undefined;
    const payload = await this.#bytes.view(position + FRAME_HEADER_BYTES, frame.payloadBytes);
    if (!this.#frames.holds(frame, payload)) return undefined;
    const end = position + FRAME_HEADER_BYTES + frame.payloadBytes;
    this.#note(frame);
    if (frame.kind === 'edit') this.#takeEdit(frame, decodeEdits(payload, this.#about.file, position), end);
    return end;
  }

  #takeEdit(frame: ReadFrame, edits: readonly unknown[], end: number): void {
    this.#edits.push(edits);
    this.#ends.push(end);
    this.#lastSequence = frame.sequence;
    this.#lastLink = frame.link;
    if (frame.sequence <= this.#about.header.initialSequence) this.#initialEnd = end;
  }

  #continues(frame: ReadFrame): boolean {
    if (frame.payloadBytes > this.#about.maxFrameBytes || frame.previous !== this.#lastLink) return false;
    return frame.sequence === this.#lastSequence + (frame.kind === 'edit' ? 1 : 0);
  }

  #note(frame: ReadFrame): void {
    this.#proven = Math.max(this.#proven, frame.proven);
    this.#used ||= isUse(frame, this.#about.header);
  }

  /** Where reading goes on after bad bytes at `position`; undefined at a tail, all of whose frames have been noted. */
  #resume(position: number): Promise<number | undefined> {
    return nextFrame(this.#bytes, this.#frames, {
      from: position,
      wanted: async (frame, at) => {
        this.#note(frame);
        if (at === position || frame.kind !== 'edit' || !this.#continues(frame)) return false;
        const payload = await this.#bytes.view(at + FRAME_HEADER_BYTES, frame.payloadBytes);
        return this.#frames.holds(frame, payload);
      },
    });
  }
}

/** Position of the first header from `from` on, at whatever position, that is `wanted`. */
async function nextFrame(
  bytes: FileBytes,
  frames: JournalFrames,
  search: {
    readonly from: number;
    readonly wanted: (frame: ReadFrame, at: number) => boolean | Promise<boolean>;
  },
): Promise<number | undefined> {
  let position = search.from;
  while (position + FRAME_HEADER_BYTES <= bytes.sizeBytes) {
    const chunk = await bytes.view(position, SEARCH_BYTES);
    const at = chunk.indexOf(FRAME_FIRST_BYTE);
    if (at === -1) {
      position += Math.max(1, chunk.length);
      continue;
    }
    const frame = frames.header(await bytes.view(position + at, FRAME_HEADER_BYTES));
    if (frame !== undefined && (await search.wanted(frame, position + at))) return position + at;
    position += at + 1;
  }
  return undefined;
}

const SEARCH_BYTES = 4096;

function decodeEdits(payload: Uint8Array, file: string, position: number): readonly unknown[] {
  try {
    const edits: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload));
    if (Array.isArray(edits)) return edits;
  } catch (cause) {
    throw corruptJournal('an edit of the journal is not JSON', { file, position }, cause);
  }
  throw corruptJournal('an edit of the journal is not a list', { file, position });
}
