import { SeglogError } from '../contract/error.js';
import type { StorageDirectory } from '../contract/storage-directory.js';
import { invariant } from '../invariant.js';
import {
  CURRENT,
  CURRENT_TEMPORARY,
  journalFileName,
  journalFileNumber,
  prepareCurrent,
  swapCurrent,
} from './current-file.js';
import { JournalFile } from './journal-file.js';
import { type JournalPlace, journalLeftovers, readJournal, requireNeverUsed } from './journal-open.js';
import {
  type JournalOptions,
  type JournalSettings,
  type OpenJournalOptions,
  withDefaults,
} from './journal-options.js';
import { encodeEdits, packEdits } from './journal-payload.js';
import type { JsonValue } from './json-value.js';
import { SerialQueue } from './serial-queue.js';

export interface OpenedJournal {
  readonly journal: Journal;
  /** One array per append, in order; the edits that the file began with come first, in one or more arrays. */
  readonly edits: readonly (readonly unknown[])[];
  /** Bytes of an unfinished append that were cut from the end. */
  readonly tornBytes: number;
  /** Leftovers of an unfinished rewrite that were removed. */
  readonly removed: readonly string[];
}

const MIN_REWRITE_BYTES = 64 * 1024;
const REWRITE_FACTOR = 4;

/**
 * An append-only row of edits: the commit point of the metadata in one directory. `CURRENT` names the one file that
 * counts; see `docs/format.md#journal` for its bytes.
 *
 * An append is atomic and, once it resolved, found again after every crash; one whose fate a crash left open is found whole
 * or not at all. What can no longer be read although it was durable is `CORRUPT_METADATA`, never a shorter journal.
 *
 * Appends are carried out one after the other, in the order of the calls. A failed write or sync poisons the journal:
 * later calls reject with `LOG_POISONED` until it is opened again. A full disk alone does not, as long as the unfinished
 * append could be taken back: it rejects with `STORAGE_FULL` and leaves no trace. A full disk that shows itself at the
 * sync is a failed sync.
 */
export class Journal {
  readonly #directory: StorageDirectory;
  readonly #options: JournalSettings;
  readonly #readOnly: boolean;
  readonly #queue: SerialQueue = new SerialQueue();
  #file: JournalFile;
  #poison: { readonly cause: unknown } | undefined;
  #closed = false;

  private constructor(
    directory: StorageDirectory,
    options: JournalSettings,
    state: { file: JournalFile; readOnly: boolean },
  ) {
    this.#directory = directory;
    this.#options = options;
    this.#file = state.file;
    this.#readOnly = state.readOnly;
  }

  /**
   * True when the directory holds a journal. False when there is none, or only what an unfinished creation left.
   * `CORRUPT_METADATA` when there was one and `CURRENT` is lost.
   */
  public static async exists(directory: StorageDirectory, place: JournalPlace): Promise<boolean> {
    if ((await directory.sizeOf(CURRENT)) !== undefined) return true;
    await requireNeverUsed(directory, await journalLeftovers(directory, place.prefix, undefined), place);
    return false;
  }

  /**
   * A new journal that begins with `edits`; all of it durable when it resolves, but for the directory's own name, which is
   * the caller's to sync. Leftovers of an unfinished creation are removed. Rejects with `STORAGE`, errno `EEXIST`, when
   * there is a journal.
   */
  public static async create(
    directory: StorageDirectory,
    options: JournalOptions,
    edits: readonly JsonValue[],
  ): Promise<Journal> {
    const full = withDefaults(options);
    if (await Journal.exists(directory, full)) {
      throw new SeglogError('STORAGE', 'the directory holds a journal', {
        call: 'create',
        name: CURRENT,
        errno: 'EEXIST',
      });
    }
    const leftovers = await journalLeftovers(directory, full.prefix, undefined);
    for (const name of leftovers) await directory.remove(name);
    const numbers = leftovers.map((name) => journalFileNumber(full.prefix, name) ?? 0);
    const payloads = packEdits(edits, full.maxFrameBytes);
    const plan = { prefix: full.prefix, number: Math.max(0, ...numbers) + 1, firstSequence: 1, payloads };
    const file = await JournalFile.create(directory, full, plan);
    const journal = new Journal(directory, full, { file, readOnly: false });
    try {
      await directory.sync();
      await prepareCurrent(directory, file.current, full.checksum);
      await swapCurrent(directory);
      await journal.#mark();
    } catch (error) {
      await file.close();
      throw error;
    }
    return journal;
  }

  /**
   * Reads the journal. Unless it is read-only, an unfinished append is cut off, what a killed process had not synced is
   * synced before it is returned, and leftovers are removed. Rejects with `CORRUPT_METADATA` or `UNSUPPORTED_FORMAT`
   * without having changed a byte.
   */
  public static async open(directory: StorageDirectory, options: OpenJournalOptions): Promise<OpenedJournal> {
    const full = withDefaults(options);
    const readOnly = options.readOnly ?? false;
    const content = await readJournal(directory, { ...full, shared: readOnly });
    const file = JournalFile.resume(directory, full, content);
    const journal = new Journal(directory, full, { file, readOnly });
    const { edits, tornBytes } = content;
    if (readOnly) return { journal, edits, tornBytes, removed: [] };
    try {
      if (!content.settled || tornBytes > 0) await journal.#settle(content.named);
      const removed = await journalLeftovers(directory, full.prefix, content.name);
      for (const name of removed) await directory.remove(name);
      return { journal, edits, tornBytes, removed };
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** True when the file has grown long enough beside its first edits that a {@link rewrite} pays. */
  public get wantsRewrite(): boolean {
    const threshold = Math.max(MIN_REWRITE_BYTES, REWRITE_FACTOR * this.#file.initialEnd);
    return !this.#readOnly && this.#poison === undefined && this.#file.end > threshold;
  }

  /**
   * Adds edits in one step. Durable when it resolves, unless `sync` is false: then the next synced call makes it durable
   * too. `RECORD_TOO_LARGE` changes nothing.
   */
  public async append(
    edits: readonly JsonValue[],
    options: { readonly sync?: boolean | undefined } = {},
  ): Promise<void> {
    const payload = encodeEdits(edits, this.#options.maxFrameBytes);
    await this.#queue.run(async () => {
      this.#requireUsable();
      await this.#write(payload);
      if (options.sync ?? true) await this.#sync();
    });
  }

  /** Makes every edit durable that was appended before. */
  public async sync(): Promise<void> {
    await this.#queue.run(async () => {
      this.#requireUsable();
      if (!this.#file.synced) await this.#sync();
    });
  }

  /**
   * Starts a new file with `snapshot`, edits that say the same as all edits so far, and names it in one step. The caller
   * has no other call under way. Readers and crashes see the old file or the new one; the old one is removed.
   */
  public async rewrite(snapshot: readonly JsonValue[]): Promise<void> {
    invariant(this.#queue.pending === 0, 'a journal was rewritten while edits were under way');
    const payloads = packEdits(snapshot, this.#options.maxFrameBytes);
    await this.#queue.run(async () => {
      this.#requireUsable();
      const old = this.#file;
      const next = await this.#prepareNext(payloads);
      await this.#poisonOnFailure(() => swapCurrent(this.#directory));
      this.#file = next;
      await this.#mark();
      await this.#discard(old);
    });
  }

  /** Settles every call, makes all edits durable, releases the file. Idempotent. Rejects if that failed. */
  public async close(): Promise<void> {
    await this.#queue.run(async () => {
      if (this.#closed) return;
      this.#closed = true;
      try {
        if (this.#readOnly || this.#file.synced) return;
        if (this.#poison !== undefined) throw poisoned(this.#file.current.file, this.#poison.cause);
        await this.#sync();
      } finally {
        await this.#file.close();
      }
    });
  }

  async #write(payload: Uint8Array): Promise<void> {
    try {
      await this.#file.append(payload);
    } catch (error) {
      if (!SeglogError.is(error, 'STORAGE_FULL')) this.#poison = { cause: error };
      else await this.#poisonOnFailure(() => this.#file.settle());
      throw error;
    }
  }

  /** Unlike a write, a sync that finds no room leaves a trace: its edits may or may not be there after a restart. */
  async #sync(): Promise<void> {
    try {
      await this.#poisonOnFailure(() => this.#file.sync());
    } catch (error) {
      if (!SeglogError.is(error, 'STORAGE_FULL')) throw error;
      throw new SeglogError('STORAGE', 'no room was left to make an edit durable', error.facts, {
        cause: error,
      });
    }
    await this.#mark();
  }

  /** A mark that found no room is written over by the next edit, which states the same. */
  async #mark(): Promise<void> {
    try {
      await this.#file.mark();
    } catch (error) {
      if (!SeglogError.is(error, 'STORAGE_FULL')) this.#poison = { cause: error };
    }
  }

  /**
   * What a process that was killed, or whose sync failed, left in the caches of the system becomes durable before anybody
   * relies on it: the last edits, and the name that `CURRENT` gives unless something proves it.
   */
  async #settle(named: boolean): Promise<void> {
    await this.#file.renew();
    await this.#file.settle();
    if (!named) {
      await prepareCurrent(this.#directory, this.#file.current, this.#options.checksum);
      await swapCurrent(this.#directory);
    }
    await this.#mark();
  }

  /** Everything of a rewrite that comes before the swap: a full disk here leaves the journal as it was. */
  async #prepareNext(payloads: readonly Uint8Array[]): Promise<JournalFile> {
    const { prefix, checksum } = this.#options;
    const number = this.#file.current.number + 1;
    const plan = { prefix, number, firstSequence: this.#file.sequence + 1, payloads };
    let next: JournalFile | undefined;
    try {
      await this.#directory.remove(journalFileName(prefix, number));
      next = await JournalFile.create(this.#directory, this.#options, plan);
      await this.#directory.sync();
      await prepareCurrent(this.#directory, next.current, checksum);
      return next;
    } catch (error) {
      await next?.close();
      if (!SeglogError.is(error, 'STORAGE_FULL')) this.#poison = { cause: error };
      else await this.#removeQuietly([journalFileName(prefix, number), CURRENT_TEMPORARY]);
      throw error;
    }
  }

  /** The swap has happened: a file that could not be removed is a leftover for the next open. */
  async #discard(old: JournalFile): Promise<void> {
    await old.close();
    await this.#removeQuietly([old.current.file]);
  }

  async #removeQuietly(names: readonly string[]): Promise<void> {
    for (const name of names) await this.#directory.remove(name).catch(() => undefined);
  }

  async #poisonOnFailure(effect: () => Promise<void>): Promise<void> {
    try {
      await effect();
    } catch (error) {
      this.#poison = { cause: error };
      throw error;
    }
  }

  #requireUsable(): void {
    if (this.#closed)
      throw new SeglogError('LOG_CLOSED', 'the journal was closed', { file: this.#file.current.file });
    if (this.#readOnly) throw new SeglogError('READ_ONLY', 'the journal was opened read-only');
    if (this.#poison !== undefined) throw poisoned(this.#file.current.file, this.#poison.cause);
  }
}

function poisoned(file: string, cause: unknown): SeglogError {
  const sentence = 'an earlier write or sync of the journal failed; close and open again';
  return new SeglogError('LOG_POISONED', sentence, { file }, { cause });
}
