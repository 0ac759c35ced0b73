import type { Checksum } from '../contract/checksum.js';
import { SeglogError } from '../contract/error.js';
import type { RandomSource } from '../contract/random-source.js';
import type { StorageDirectory } from '../contract/storage-directory.js';
import { InvariantError } from '../invariant.js';
import { Journal } from '../journal/journal.js';
import type { JournalOptions } from '../journal/journal-options.js';
import type { JsonValue } from '../journal/json-value.js';
import { SerialQueue } from '../journal/serial-queue.js';
import { parseCatalogEdit } from './topic-catalog-edit.js';
import { type CatalogEdit, CatalogState, type TopicEntry, type UsedFormat } from './topic-catalog-state.js';

const CATALOG = 'catalog';
const TOPICS = 'topics';

export interface CatalogParts {
  readonly checksum: Checksum;
  readonly random: RandomSource;
}

/**
 * The topics of a data root, durably: which there are, their ids, partition counts and configuration. One writer, one
 * commit after the other; the directory of all topics' files belongs to it.
 */
export class TopicCatalog {
  /** `topics/`; undefined in a read-only root that has none. */
  public readonly topicsDirectory: StorageDirectory | undefined;
  readonly #state: CatalogState;
  readonly #journal: Journal | undefined;
  readonly #queue: SerialQueue = new SerialQueue();

  private constructor(parts: {
    readonly state: CatalogState;
    readonly journal: Journal | undefined;
    readonly topicsDirectory: StorageDirectory | undefined;
  }) {
    this.#state = parts.state;
    this.#journal = parts.journal;
    this.topicsDirectory = parts.topicsDirectory;
  }

  /**
   * Opens the catalog, or makes one where there are no topics either. A catalog that is lost while topics are there is
   * `CORRUPT_METADATA`. The caller holds the lock of the root.
   */
  public static async open(root: StorageDirectory, parts: CatalogParts): Promise<TopicCatalog> {
    const options: JournalOptions = { prefix: 'CATALOG', ...parts };
    await requireNotLost(root, options);
    const directory = await root.directory(CATALOG, { create: true });
    const state = new CatalogState();
    let journal: Journal;
    if (await Journal.exists(directory, options)) {
      const opened = await Journal.open(directory, options);
      journal = opened.journal;
      replay(state, opened.edits);
    } else {
      journal = await Journal.create(directory, options, []);
    }
    // The names may have been made by a process that was killed before it could sync them.
    const topicsDirectory = await root.directory(TOPICS, { create: true });
    await root.sync();
    return new TopicCatalog({ state, journal, topicsDirectory });
  }

  /** The catalog as it is now, without changing a byte. A root without one has no topics. */
  public static async read(root: StorageDirectory, parts: CatalogParts): Promise<TopicCatalog> {
    const options: JournalOptions = { prefix: 'CATALOG', ...parts };
    const state = new CatalogState();
    await requireNotLost(root, options);
    const directory = await child(root, CATALOG);
    if (directory !== undefined && (await Journal.exists(directory, options))) {
      const { journal, edits } = await Journal.open(directory, { ...options, readOnly: true });
      await journal.close();
      replay(state, edits);
    }
    return new TopicCatalog({ state, journal: undefined, topicsDirectory: await child(root, TOPICS) });
  }

  public get topics(): ReadonlyMap<string, TopicEntry> {
    return this.#state.topics;
  }

  public get doomed(): ReadonlySet<string> {
    return this.#state.doomed;
  }

  /** Directories that are doomed because their topics were deleted, and not because they were never put into use. */
  public get deleted(): Pick<ReadonlySet<string>, 'has'> {
    return this.#state.deleted;
  }

  public get formats(): readonly UsedFormat[] {
    return this.#state.formats;
  }

  public nameLike(name: string): string | undefined {
    return this.#state.nameLike(name);
  }

  /** Takes an edit in: durable when it resolves, unless `sync` is false. Commits are carried out in the order of the calls. */
  public commit(edit: CatalogEdit, options: { readonly sync: boolean } = { sync: true }): Promise<void> {
    return this.#queue.run(async () => {
      if (this.#journal === undefined) throw new SeglogError('READ_ONLY', 'the engine was opened read-only');
      await this.#journal.append([readable(edit)], options);
      this.#state.apply(edit);
      if (this.#journal.wantsRewrite) await this.#journal.rewrite(this.#state.snapshot());
    });
  }

  /** Settles every commit. Idempotent. */
  public close(): Promise<void> {
    return this.#queue.run(async () => this.#journal?.close());
  }
}

/** As JSON has it. What could not be read again would lock everybody out of the data root. */
function readable(edit: CatalogEdit): JsonValue {
  try {
    const plain: JsonValue = JSON.parse(JSON.stringify(edit));
    parseCatalogEdit(plain);
    return plain;
  } catch (cause) {
    throw new InvariantError(`an edit of the catalog cannot be read again: ${String(cause)}`);
  }
}

function replay(state: CatalogState, edits: readonly (readonly unknown[])[]): void {
  for (const edit of edits.flat()) state.applyStored(edit);
}

async function requireNotLost(root: StorageDirectory, options: JournalOptions): Promise<void> {
  const directory = await child(root, CATALOG);
  if (directory !== undefined && (await Journal.exists(directory, options))) return;
  const topics = await (await child(root, TOPICS))?.list();
  const found = topics?.find(({ kind }) => kind === 'directory');
  if (found === undefined) return;
  throw new SeglogError(
    'CORRUPT_METADATA',
    'the topic catalog is missing although there are topics; nothing was changed; restore catalog/ from a backup, or let seglog repair --catalog rebuild it',
    { file: CATALOG, found: found.name },
  );
}

/** A child directory; undefined when there is none. */
async function child(directory: StorageDirectory, name: string): Promise<StorageDirectory | undefined> {
  const entries = await directory.list();
  const found = entries.some((entry) => entry.name === name && entry.kind === 'directory');
  return found ? directory.directory(name, { create: false }) : undefined;
}
