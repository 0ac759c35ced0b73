import {
  batchFrameCodec,
  crc32c,
  crcFrameCodec,
  fileIndex,
  type LogSettings,
  MemoryDirectory,
  memoryIndex,
  noIndex,
  parseSyncPolicy,
  type StorageDirectory,
} from '@seglog/core';
import * as fc from 'fast-check';
import type { FaultyCall } from '../faults/call-faults.js';
import { FaultyDirectory } from '../faults/faulty-directory.js';
import { contentOf, putFile } from '../storage-fixture.js';
import { copyDirectory } from './copy-directory.js';
import { type LogMakings, LogWorkbench } from './log-workbench.js';

/** What a log is made of, in words: each opening may choose anew. */
export interface LogChoice {
  readonly policy: string;
  readonly codec: 'batch' | 'plain';
  readonly index: 'file' | 'memory' | 'none';
  readonly settings: Partial<LogSettings>;
}

/** What happens to the index files between two openings. */
export type IndexDamage = 'none' | 'removed' | 'flipped' | 'shortened' | 'lengthened' | 'swapped';

/** Compositions with small segments, so that few records make many of them. */
export function logChoiceArbitrary(): fc.Arbitrary<LogChoice> {
  return fc.record({
    policy: fc.constantFrom('always', 'never', 'group:1ms', 'appends:3', 'bytes:500', 'ms:1'),
    codec: fc.constantFrom('batch' as const, 'plain' as const),
    index: fc.constantFrom('file' as const, 'memory' as const, 'none' as const),
    settings: fc.record({
      maxSegmentBytes: fc.constantFrom(4096, 8192, 16_384),
      indexIntervalBytes: fc.constantFrom(64, 512, 4096),
      preallocateBytes: fc.constantFrom(0, 4096),
      watermarkDelayMs: fc.constantFrom(0, 100),
      deleteDelayMs: fc.constantFrom(0, 60_000),
    }),
  });
}

const MUTATING: readonly FaultyCall[] = [
  'create',
  'rename',
  'remove',
  'write',
  'preallocate',
  'truncate',
  'sync',
  'syncDirectory',
];

/** A log that is opened, closed, killed and opened again on one medium. */
export class LogRig {
  #root: FaultyDirectory;
  #medium: MemoryDirectory;
  #bench: LogWorkbench;
  #choice: LogChoice;

  private constructor(
    place: { readonly medium: MemoryDirectory; readonly root: FaultyDirectory },
    bench: LogWorkbench,
    choice: LogChoice,
  ) {
    this.#medium = place.medium;
    this.#root = place.root;
    this.#bench = bench;
    this.#choice = choice;
  }

  /** A new, empty log. */
  public static async start(choice: LogChoice): Promise<LogRig> {
    const medium = new MemoryDirectory();
    const root = new FaultyDirectory(medium);
    return new LogRig({ medium, root }, await LogWorkbench.open(root, makingsOf(choice)), choice);
  }

  public get log(): LogWorkbench['log'] {
    return this.#bench.log;
  }

  public get report(): LogWorkbench['report'] {
    return this.#bench.report;
  }

  /** Batches that are being written survive a kill whole or not at all. */
  public get atomicBatch(): boolean {
    return this.#choice.codec === 'batch';
  }

  /** The log's directory, as a reader may look at it. */
  public get directory(): StorageDirectory {
    return this.#bench.directory;
  }

  /** Files and readers that are open. */
  public get openHandles(): number {
    return this.#root.openHandles.size;
  }

  /** Closes cleanly and opens again. */
  public async reopen(choice: LogChoice, damage: IndexDamage = 'none'): Promise<void> {
    await this.#bench.close();
    await this.#openOn(this.#medium, choice, damage);
  }

  /**
   * Ends the process between two instructions: from this call on nothing reaches the medium. What it has left is opened
   * by the next process.
   */
  public async kill(choice: LogChoice, damage: IndexDamage = 'none'): Promise<void> {
    this.#root.faults.inject({ call: MUTATING, times: Number.POSITIVE_INFINITY });
    const left = await copyDirectory(this.#medium);
    await this.#bench.dispose();
    await this.#openOn(left, choice, damage);
  }

  /** The same medium through a reader that takes no lock and changes nothing; `look` sees it before it closes. */
  public async beside(choice: LogChoice, look: (bench: LogWorkbench) => Promise<void>): Promise<void> {
    const copy = await copyDirectory(this.#medium);
    const bench = await LogWorkbench.open(copy, makingsOf(choice), { readOnly: true });
    try {
      await look(bench);
    } finally {
      await bench.close();
    }
  }

  public dispose(): Promise<void> {
    return this.#bench.dispose();
  }

  async #openOn(medium: MemoryDirectory, choice: LogChoice, damage: IndexDamage): Promise<void> {
    await damageIndexes(await medium.directory('log', { create: false }), damage);
    this.#medium = medium;
    this.#root = new FaultyDirectory(medium);
    this.#bench = await LogWorkbench.open(this.#root, makingsOf(choice));
    this.#choice = choice;
  }
}

/** The parts that a choice names. Whatever codec writes, both can be read. */
export function makingsOf({ policy, codec, index, settings }: LogChoice): LogMakings {
  const [batch, plain] = [batchFrameCodec(), crcFrameCodec()];
  const indexes = { file: fileIndex({ checksum: crc32c() }), memory: memoryIndex(), none: noIndex() };
  return {
    settings,
    parts: {
      syncPolicy: parseSyncPolicy(policy),
      codec: codec === 'batch' ? batch : plain,
      readingCodecs: codec === 'batch' ? [plain] : [batch],
      index: indexes[index],
    },
  };
}

async function damageIndexes(directory: StorageDirectory, damage: IndexDamage): Promise<void> {
  if (damage === 'none') return;
  const names = (await directory.list()).map(({ name }) => name).filter((name) => name.endsWith('.idx'));
  const contents = await Promise.all(names.map((name) => contentOf(directory, name)));
  for (const [i, name] of names.entries()) {
    await directory.remove(name);
    const damaged = damagedContent(contents, i, damage);
    if (damaged !== undefined) await putFile(directory, name, damaged);
  }
}

function damagedContent(
  contents: readonly Uint8Array[],
  i: number,
  damage: IndexDamage,
): Uint8Array | undefined {
  const content = contents[i] ?? new Uint8Array();
  if (damage === 'removed') return undefined;
  if (damage === 'swapped') return contents[(i + 1) % contents.length];
  if (damage === 'shortened') return content.subarray(0, content.length >> 1);
  if (damage === 'lengthened') return Uint8Array.from([...content, 1, 2, 3, 4, 5]);
  const at = (i * 31 + 17) % Math.max(1, content.length);
  return content.map((byte, position) => (position === at ? byte ^ 0x40 : byte));
}
