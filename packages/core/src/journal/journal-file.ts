import type { Checksum } from '../contract/checksum.js';
import type { RandomSource } from '../contract/random-source.js';
import type { StorageDirectory, WritableFile } from '../contract/storage-directory.js';
import { invariant } from '../invariant.js';
import { type CurrentName, journalFileName } from './current-file.js';
import { FileBytes } from './file-bytes.js';
import { hexadecimal } from './hexadecimal.js';
import { JournalFrames } from './journal-frame.js';
import { encodeJournalHeader, type JournalHeader } from './journal-header.js';
import type { JournalContent } from './journal-scan.js';

const RENEWED_AT_ONCE_BYTES = 64 * 1024;
const NO_PAYLOAD: Uint8Array = new Uint8Array(0);

export interface NewJournalFile {
  readonly prefix: string;
  readonly number: number;
  readonly firstSequence: number;
  /** One per frame. */
  readonly payloads: readonly Uint8Array[];
}

export interface JournalParts {
  readonly checksum: Checksum;
  readonly random: RandomSource;
}

/** One journal file that is being appended to. Calls come one at a time; its owner decides what a failure means. */
export class JournalFile {
  public readonly current: CurrentName;
  /** Size of what the file was named with. */
  public readonly initialEnd: number;
  readonly #directory: StorageDirectory;
  readonly #frames: JournalFrames;
  readonly #nonce: number;
  #file: WritableFile | undefined;
  #end: number;
  #sequence: number;
  #link: number;
  #proven: number;
  #marked: boolean;
  readonly #provenEnd: number;

  private constructor(
    directory: StorageDirectory,
    parts: JournalParts,
    content: Omit<JournalContent, 'edits'> & { readonly name: string },
  ) {
    const { header } = content;
    this.current = { file: content.name, number: header.number, id: hexadecimal(header.id) };
    this.initialEnd = content.initialEnd;
    this.#directory = directory;
    this.#frames = new JournalFrames(parts.checksum, header.id);
    this.#nonce = new DataView(parts.random.bytes(4).slice().buffer).getUint32(0);
    this.#end = content.end;
    this.#provenEnd = content.provenEnd;
    this.#sequence = content.lastSequence;
    this.#link = content.lastLink;
    this.#proven = content.settled ? content.lastSequence : header.initialSequence;
    this.#marked = content.settled;
  }

  /** Writes and syncs a new file. Its name is neither durable nor in `CURRENT` yet. */
  public static async create(
    directory: StorageDirectory,
    parts: JournalParts,
    plan: NewJournalFile,
  ): Promise<JournalFile> {
    const header: JournalHeader = {
      id: parts.random.bytes(16),
      number: plan.number,
      firstSequence: plan.firstSequence,
      initialSequence: plan.firstSequence - 1 + plan.payloads.length,
    };
    const name = journalFileName(plan.prefix, plan.number);
    const content = initialContent(parts, header, plan.payloads);
    const file = await directory.create(name);
    try {
      await file.write(0, content.chunks);
      await file.sync();
    } catch (error) {
      await file.close();
      throw error;
    }
    const journal = new JournalFile(directory, parts, { ...content, name });
    journal.#file = file;
    return journal;
  }

  /** Goes on with a file that was read, which is opened for writing at the first append. */
  public static resume(
    directory: StorageDirectory,
    parts: JournalParts,
    content: JournalContent & { readonly name: string },
  ): JournalFile {
    return new JournalFile(directory, parts, content);
  }

  /** Position after the last frame. */
  public get end(): number {
    return this.#end;
  }

  public get sequence(): number {
    return this.#sequence;
  }

  /** True when every edit is durable. */
  public get synced(): boolean {
    return this.#proven === this.#sequence;
  }

  /**
   * Writes once more, as it is, what nothing proves durable. A process whose sync failed may have left it in the caches
   * marked as clean: it can be read, a sync would not write it, and a power cut would take it.
   */
  public async renew(): Promise<void> {
    const file = await this.#writable();
    const source = await FileBytes.open(this.#directory, this.current.file);
    invariant(source !== undefined, 'a file that is open is there');
    try {
      for (let position = this.#provenEnd; position < this.#end; position += RENEWED_AT_ONCE_BYTES) {
        const length = Math.min(RENEWED_AT_ONCE_BYTES, this.#end - position);
        await file.write(position, [await source.view(position, length)]);
      }
    } finally {
      await source.close();
    }
  }

  /** Cuts what stands behind the last frame and makes what is left durable. */
  public async settle(): Promise<void> {
    const file = await this.#writable();
    if (file.sizeBytes > this.#end) await file.truncate(this.#end);
    await file.sync();
    this.#proven = this.#sequence;
  }

  public async append(payload: Uint8Array): Promise<void> {
    const file = await this.#writable();
    const sequence = this.#sequence + 1;
    const { bytes, link } = this.#frame('edit', sequence, payload);
    await file.write(this.#end, [bytes]);
    this.#end += bytes.length;
    this.#sequence = sequence;
    this.#link = link;
    this.#marked = false;
  }

  public async sync(): Promise<void> {
    const file = await this.#writable();
    const sequence = this.#sequence;
    await file.sync();
    this.#proven = sequence;
  }

  /**
   * Writes down what the last sync proved, without a sync: it tells damage from a torn tail, and opening does without it.
   * The file is let go afterwards: one that holds unsynced bytes would keep its descriptor, and journals mostly rest.
   */
  public async mark(): Promise<void> {
    invariant(this.synced, 'a mark stated more than was durable');
    if (this.#marked) return;
    const file = await this.#writable();
    const { bytes } = this.#frame('mark', this.#sequence, NO_PAYLOAD);
    await file.write(this.#end, [bytes]);
    this.#end += bytes.length;
    this.#marked = true;
    this.#file = undefined;
    await file.close().catch(() => undefined);
  }

  public async close(): Promise<void> {
    await this.#file?.close();
  }

  #frame(kind: 'edit' | 'mark', sequence: number, payload: Uint8Array): { bytes: Uint8Array; link: number } {
    const frame = { kind, sequence, proven: this.#proven, previous: this.#link, nonce: this.#nonce };
    return this.#frames.encode(frame, payload);
  }

  async #writable(): Promise<WritableFile> {
    this.#file ??= await this.#directory.open(this.current.file);
    return this.#file;
  }
}

function initialContent(
  parts: JournalParts,
  header: JournalHeader,
  payloads: readonly Uint8Array[],
): Omit<JournalContent, 'edits'> & { readonly chunks: readonly Uint8Array[] } {
  const frames = new JournalFrames(parts.checksum, header.id);
  const chunks = [encodeJournalHeader(header, parts.checksum)];
  const nonce = new DataView(parts.random.bytes(4).slice().buffer).getUint32(0);
  let sequence = header.firstSequence - 1;
  let link = 0;
  for (const payload of payloads) {
    sequence += 1;
    const frame = frames.encode({ kind: 'edit', sequence, proven: 0, previous: link, nonce }, payload);
    chunks.push(frame.bytes);
    link = frame.link;
  }
  const end = chunks.reduce((bytes, chunk) => bytes + chunk.length, 0);
  const last = { lastSequence: sequence, lastLink: link };
  return {
    header,
    chunks,
    ...last,
    initialEnd: end,
    provenEnd: end,
    end,
    skipped: [],
    named: false,
    settled: false,
  };
}
