import type { Checksum } from '../contract/checksum.js';
import { SeglogError } from '../contract/error.js';
import type { RandomSource } from '../contract/random-source.js';
import type { StorageDirectory } from '../contract/storage-directory.js';
import { Journal } from '../journal/journal.js';
import type { JsonValue } from '../journal/json-value.js';
import { SerialQueue } from '../journal/serial-queue.js';
import {
  applyEdit,
  checked,
  foldEdits,
  type Manifest,
  type ManifestEdit,
  snapshotEdits,
} from './manifest.js';

export interface ManifestParts {
  readonly directory: StorageDirectory;
  readonly crc32c: Checksum;
  readonly random: RandomSource;
}

const PREFIX = 'MANIFEST';
const KNOWN_EDITS: ReadonlySet<string> = new Set([
  'create',
  'add',
  'seal',
  'swap',
  'start',
  'point',
  'epoch',
  'gap',
  'producers',
  'forget',
  'retired',
  'close',
] satisfies ManifestEdit['type'][]);

/** The manifest of one log on its directory: the single commit point. Edits of one commit are one step. */
export class ManifestFile {
  readonly #journal: Journal;
  readonly #queue = new SerialQueue();
  #state: Manifest;

  private constructor(journal: Journal, state: Manifest) {
    this.#journal = journal;
    this.#state = state;
  }

  public static exists({ directory, crc32c }: ManifestParts): Promise<boolean> {
    return Journal.exists(directory, { prefix: PREFIX, checksum: crc32c });
  }

  /** A new manifest, durable when it resolves; the files that it names are durable already. */
  public static async create(parts: ManifestParts, edits: readonly ManifestEdit[]): Promise<ManifestFile> {
    const journal = await Journal.create(parts.directory, journalOptions(parts), edits.map(toJson));
    return new ManifestFile(journal, foldEdits(edits));
  }

  public static async open(
    parts: ManifestParts,
    { readOnly }: { readonly readOnly: boolean },
  ): Promise<ManifestFile> {
    const { journal, edits } = await Journal.open(parts.directory, { ...journalOptions(parts), readOnly });
    try {
      return new ManifestFile(journal, foldEdits(edits.flat().map(fromJson)));
    } catch (cause) {
      await journal.close();
      if (!(cause instanceof RangeError)) throw cause;
      throw new SeglogError(
        'CORRUPT_METADATA',
        'the manifest contradicts itself; restore it from a copy',
        {},
        { cause },
      );
    }
  }

  /** What the manifest says now. */
  public get state(): Manifest {
    return this.#state;
  }

  /** Adds edits in one step, durable when it resolves. Commits are carried out in the order of the calls. */
  public commit(edits: readonly ManifestEdit[]): Promise<void> {
    return this.#queue.run(async () => {
      const next = checked(edits.reduce(applyEdit, this.#state));
      await this.#journal.append(edits.map(toJson));
      this.#state = next;
      await this.#shorten(next);
    });
  }

  /** The commit is durable already: a rewrite that fails shows at the next one, if it matters. */
  async #shorten(state: Manifest): Promise<void> {
    if (!this.#journal.wantsRewrite) return;
    await this.#journal.rewrite(snapshotEdits(state).map(toJson)).catch(() => undefined);
  }

  /** Idempotent. */
  public async close(): Promise<void> {
    await this.#queue.idle();
    await this.#journal.close();
  }
}

function journalOptions({ crc32c, random }: ManifestParts): {
  prefix: string;
  checksum: Checksum;
  random: RandomSource;
} {
  return { prefix: PREFIX, checksum: crc32c, random };
}

/** Edits are plain data; what is undefined is left out. */
function toJson(edit: ManifestEdit): JsonValue {
  const plain: JsonValue = JSON.parse(JSON.stringify(edit));
  return plain;
}

function fromJson(value: unknown): ManifestEdit {
  if (isEdit(value)) return value;
  throw new SeglogError('UNSUPPORTED_FORMAT', 'the manifest holds an edit that this version does not know');
}

/** The journal vouches for the bytes; what remains to be told is whether this version knows the edit. */
function isEdit(value: unknown): value is ManifestEdit {
  if (typeof value !== 'object' || value === null || !('type' in value)) return false;
  return typeof value.type === 'string' && KNOWN_EDITS.has(value.type);
}
