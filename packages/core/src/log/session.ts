import type { Checksum } from '../contract/checksum.js';
import type { Clock } from '../contract/clock.js';
import { SeglogError } from '../contract/error.js';
import type { RandomSource } from '../contract/random-source.js';
import type { StorageDirectory } from '../contract/storage-directory.js';
import { invariant, requireSafeInteger } from '../invariant.js';
import { hexadecimal } from '../journal/hexadecimal.js';
import { SerialQueue } from '../journal/serial-queue.js';
import { type SlotContent, SlotFile } from '../journal/slot-file.js';
import { releaseAll } from './release-all.js';

const LOCK = 'LOCK';
const SESSION = 'SESSION';
/** Where a session is kept that could not be read, and was made anew. */
const LOST_SESSION = 'lost-SESSION';
const ROOT_FORMAT = 1;
const MAX_EPOCH = 0xffffffff;

/** Made only after `SESSION` was durable: with any of these present, a session that cannot be read is damage. */
const MADE_LATER: readonly string[] = ['CURRENT', 'catalog', 'topics', 'wal'];

/** Where a log gets its writer epoch from. One per data root. */
export interface EpochSource {
  /** The epoch that new frames carry: u32, durable, never used by a writer before. */
  readonly epoch: number;
  /** Raises the epoch; the new one is durable when it resolves. Concurrent calls get an epoch each. */
  raiseEpoch(): Promise<number>;
}

/** What `SESSION` says. */
export interface SessionFacts {
  /** 32 lowercase hexadecimal digits, random, the same for the life of the data root. */
  readonly rootId: string;
  readonly epoch: number;
  /** True when the last writer closed the data root with everything durable. */
  readonly clean: boolean;
  /** True when a write-ahead log may hold what no log of the data root has: without it, acknowledged records are lost. */
  readonly writesAhead: boolean;
}

export interface SessionParts {
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly checksum: Checksum;
  /** Called with the lock held and before `SESSION` is written: what it rejects with leaves the data root as it was. */
  readonly check?: (() => Promise<void>) | undefined;
}

/**
 * The one writer of a data root. While it is open no other process and no other engine opens the root for writing; it
 * ends with {@link WriterSession.close} or with the process, however that ends.
 */
export class WriterSession implements EpochSource {
  public readonly rootId: string;
  /** True when the writer before closed cleanly. It tells nothing of a log that was not opened since an earlier crash. */
  public readonly previousClean: boolean;
  /** Wall time at which the session began. */
  public readonly openedAtMs: number;
  readonly #lock: AsyncDisposable;
  readonly #slots: SlotFile;
  readonly #queue: SerialQueue = new SerialQueue();
  #epoch: number;
  #writesAhead: boolean;
  #closed = false;

  private constructor(parts: {
    readonly lock: AsyncDisposable;
    readonly slots: SlotFile;
    readonly previous: SessionFacts;
    readonly openedAtMs: number;
  }) {
    this.#lock = parts.lock;
    this.#slots = parts.slots;
    this.rootId = parts.previous.rootId;
    this.previousClean = parts.previous.clean;
    this.openedAtMs = parts.openedAtMs;
    this.#epoch = parts.previous.epoch;
    this.#writesAhead = parts.previous.writesAhead;
  }

  /**
   * Takes the lock, then reads `SESSION`, and makes durable that a new writer is at work: a higher epoch, no clean mark.
   * The parent of `directory` keeps its name. Rejects with `LOG_LOCKED`, `UNSUPPORTED_FORMAT`, `CORRUPT_METADATA`, and with
   * what `check` rejects with; nothing but the lock file was touched then.
   */
  public static async open(directory: StorageDirectory, parts: SessionParts): Promise<WriterSession> {
    const lock = await directory.lock(LOCK);
    try {
      const content = await SlotFile.read(directory, SESSION, parts.checksum);
      const previous = await previousFacts(directory, content, parts.random);
      await parts.check?.();
      const slots = new SlotFile(directory, { name: SESSION, checksum: parts.checksum }, content);
      const session = new WriterSession({ lock, slots, previous, openedAtMs: parts.clock.nowMs() });
      await session.raiseEpoch();
      await directory.sync();
      return session;
    } catch (error) {
      await lock[Symbol.asyncDispose]();
      throw error;
    }
  }

  public get epoch(): number {
    return this.#epoch;
  }

  public raiseEpoch(): Promise<number> {
    return this.#queue.run(async () => {
      this.#requireOpen();
      const epoch = this.#epoch + 1;
      invariant(epoch <= MAX_EPOCH, 'writer epochs are used up');
      await writeTwice(this.#slots, { ...this.#facts(), epoch });
      this.#epoch = epoch;
      return epoch;
    });
  }

  /** Notes, durably, that a write-ahead log may hold what no log has from here on. The log is there already, durably. */
  public noteAhead(): Promise<void> {
    return this.#queue.run(async () => {
      this.#requireOpen();
      if (this.#writesAhead) return;
      await writeTwice(this.#slots, { ...this.#facts(), writesAhead: true });
      this.#writesAhead = true;
    });
  }

  /** There is nothing in a write-ahead log that a log lacks: what is written next to `SESSION` says so. */
  public endAhead(): void {
    this.#writesAhead = false;
  }

  /**
   * Releases the lock. With `clean`, first makes durable that everything in the root is durable and closed: the caller
   * vouches for it. Idempotent. Rejects if the mark could not be written; the lock is released all the same.
   */
  public async close(options: { readonly clean: boolean }): Promise<void> {
    await this.#queue.run(async () => {
      if (this.#closed) return;
      this.#closed = true;
      await releaseAll([
        async () => {
          if (options.clean) await write(this.#slots, { ...this.#facts(), clean: true });
        },
        () => this.#slots.close(),
        () => this.#lock[Symbol.asyncDispose](),
      ]);
    });
  }

  #facts(): SessionFacts {
    return { rootId: this.rootId, epoch: this.#epoch, clean: false, writesAhead: this.#writesAhead };
  }

  #requireOpen(): void {
    if (this.#closed) throw new SeglogError('LOG_CLOSED', 'the data root was closed');
  }
}

/** The session of a data root, without a lock and without a change; undefined when the root was never opened. */
export async function readSession(
  directory: StorageDirectory,
  checksum: Checksum,
): Promise<SessionFacts | undefined> {
  return facts(directory, await SlotFile.read(directory, SESSION, checksum));
}

/**
 * Makes the session of a data root anew, at this epoch and without a clean mark: for a root whose session is lost, or behind
 * its frames. One that can be read keeps its root id; one that cannot is kept as `lost-SESSION`. The caller holds the lock of
 * the root and vouches that no writer ever had a higher epoch. Durable when it resolves; cut short, it can be done again.
 */
export async function restoreSession(
  directory: StorageDirectory,
  epoch: number,
  { random, checksum }: Pick<SessionParts, 'random' | 'checksum'>,
): Promise<void> {
  requireSafeInteger(epoch, 'epoch', { min: 1 });
  invariant(epoch <= MAX_EPOCH, 'writer epochs are used up');
  let content = await SlotFile.read(directory, SESSION, checksum);
  const before = content.generation > 0 ? readable(content.value) : undefined;
  if (before === undefined && (await directory.sizeOf(SESSION)) !== undefined) {
    await directory.rename(SESSION, LOST_SESSION);
    await directory.sync();
    content = await SlotFile.read(directory, SESSION, checksum);
  }
  const slots = new SlotFile(directory, { name: SESSION, checksum }, content);
  const rootId = before?.rootId ?? hexadecimal(random.bytes(16));
  try {
    const writesAhead = before?.writesAhead ?? false;
    await writeTwice(slots, { rootId, epoch, clean: false, writesAhead });
    await directory.sync();
  } finally {
    await slots.close();
  }
}

/** Both generations are written and synced, one after the other: one damaged slot never brings an older epoch back. */
async function writeTwice(slots: SlotFile, session: SessionFacts): Promise<void> {
  await write(slots, session);
  await write(slots, session);
}

/** A data root that never had a write-ahead log says nothing of one. */
function write(slots: SlotFile, { writesAhead, ...rest }: SessionFacts): Promise<void> {
  const session = { format: ROOT_FORMAT, ...rest, ...(writesAhead ? { writesAhead } : {}) };
  return slots.write(session, { sync: true });
}

/** A session of a newer version is refused; what is none is undefined. */
function readable(value: unknown): SessionFacts | undefined {
  try {
    return parseFacts(value);
  } catch (error) {
    if (SeglogError.is(error, 'CORRUPT_METADATA')) return undefined;
    throw error;
  }
}

async function previousFacts(
  directory: StorageDirectory,
  content: SlotContent,
  random: RandomSource,
): Promise<SessionFacts> {
  const found = await facts(directory, content);
  return found ?? { rootId: hexadecimal(random.bytes(16)), epoch: 0, clean: true, writesAhead: false };
}

/** A root that holds nothing beyond a session was never opened to the end: a torn session there is a new beginning. */
async function facts(directory: StorageDirectory, content: SlotContent): Promise<SessionFacts | undefined> {
  if (content.generation > 0) return parseFacts(content.value);
  const entries = await directory.list();
  const found = entries.find(({ name }) => MADE_LATER.includes(name));
  if (found === undefined) return undefined;
  throw new SeglogError(
    'CORRUPT_METADATA',
    'the session of the data root is missing or damaged; nothing was changed; restore it from a backup, or let seglog repair --session make it anew',
    { file: SESSION, found: found.name, damaged: content.damaged },
  );
}

function parseFacts(value: unknown): SessionFacts {
  const {
    format,
    rootId,
    epoch,
    clean,
    writesAhead = false,
  } = (value ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof format === 'number' && format > ROOT_FORMAT) {
    const sentence = 'the data root was written by a newer version; open it with that version';
    throw new SeglogError('UNSUPPORTED_FORMAT', sentence, {
      file: SESSION,
      version: format,
      supported: ROOT_FORMAT,
    });
  }
  const whole = typeof clean === 'boolean' && typeof writesAhead === 'boolean';
  if (typeof rootId === 'string' && typeof epoch === 'number' && whole) {
    return { rootId, epoch, clean, writesAhead };
  }
  throw new SeglogError('CORRUPT_METADATA', 'the session of the data root is not one', { file: SESSION });
}
