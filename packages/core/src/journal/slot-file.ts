import { isBlank } from '../blank.js';
import type { Checksum } from '../contract/checksum.js';
import { SeglogError } from '../contract/error.js';
import type { StorageDirectory, WritableFile } from '../contract/storage-directory.js';
import { invariant } from '../invariant.js';
import { FileBytes } from './file-bytes.js';
import type { JsonValue } from './json-value.js';
import { SerialQueue } from './serial-queue.js';

/** The two slots lie in different pages, so that one torn or damaged write never touches both. */
const SLOT_STRIDE = 4096;
const SLOT_HEADER_BYTES = 32;
const MAX_PAYLOAD_BYTES = 1024;
const MAGIC = [0xff, 0x53, 0x45, 0x47, 0x53, 0x4c, 0x4f, 0x54];
const FORMAT_VERSION = 1;

export interface SlotContent {
  /** Value of the newest good slot; undefined when there is none. */
  readonly value: unknown;
  /** Its generation: 0 when there is none, then 1, 2, and so on. */
  readonly generation: number;
  /** Slots that hold bytes, but not good ones: a write that was torn, or damage. */
  readonly damaged: number;
}

/**
 * A small value that is written over again and again: two generations with a checksum each, of which a write replaces the
 * older. A torn write leaves the newer one in place.
 */
export class SlotFile {
  readonly #directory: StorageDirectory;
  readonly #name: string;
  readonly #checksum: Checksum;
  readonly #queue: SerialQueue = new SerialQueue();
  #file: WritableFile | undefined;
  #generation: number;
  #value: unknown;
  /** True when the newest slot is known to be on stable storage. */
  #durable: boolean;

  /** `content` is what {@link SlotFile.read} found last. The file is made at the first write. */
  public constructor(
    directory: StorageDirectory,
    place: { readonly name: string; readonly checksum: Checksum },
    content: SlotContent,
  ) {
    this.#directory = directory;
    this.#name = place.name;
    this.#checksum = place.checksum;
    this.#generation = content.generation;
    this.#value = content.value;
    this.#durable = content.generation === 0;
  }

  /** Changes nothing. A missing file has no value. `UNSUPPORTED_FORMAT` when a slot is of a newer version. */
  public static async read(
    directory: StorageDirectory,
    name: string,
    checksum: Checksum,
  ): Promise<SlotContent> {
    const bytes = await FileBytes.open(directory, name);
    if (bytes === undefined) return { value: undefined, generation: 0, damaged: 0 };
    try {
      const slots: Slot[] = [];
      for (const position of [0, SLOT_STRIDE]) {
        slots.push(decodeSlot(await bytes.view(position, SLOT_STRIDE), name, checksum));
      }
      return newest(slots);
    } finally {
      await bytes.close();
    }
  }

  /**
   * Replaces the older generation. Durable when it resolves if `sync` is true, but for the file's name when it was made by
   * this call. Unsynced writes may be lost: after two of them in a row, a power cut may leave no value at all.
   * One write at a time, in the order of the calls. `value` is at most 1 KiB of JSON (else `RangeError`).
   */
  public async write(value: JsonValue, options: { readonly sync: boolean }): Promise<void> {
    await this.#queue.run(async () => {
      const generation = this.#generation + 1;
      const file = await this.#writable();
      if (options.sync && !this.#durable) await this.#settle(file);
      this.#durable = false;
      await file.write((generation % 2) * SLOT_STRIDE, [encodeSlot(value, generation, this.#checksum)]);
      if (options.sync) await file.sync();
      this.#durable = options.sync;
      this.#generation = generation;
      this.#value = value;
      if (!options.sync) await this.#letGo(file);
    });
  }

  /** Syncs nothing. Idempotent. */
  public async close(): Promise<void> {
    await this.#queue.idle();
    await this.#file?.close();
  }

  /**
   * The newest slot may only be in the caches of the system: a killed process, or one whose sync failed, left it there. It is
   * written once more, because after a failed sync another one says nothing about the old bytes. Then the other slot can go.
   */
  async #settle(file: WritableFile): Promise<void> {
    const bytes = encodeSlot(this.#value, this.#generation, this.#checksum);
    await file.write((this.#generation % 2) * SLOT_STRIDE, [bytes]);
    await file.sync();
  }

  /** A file that holds unsynced bytes would keep its descriptor: there is one in every log that is written to. */
  async #letGo(file: WritableFile): Promise<void> {
    this.#file = undefined;
    await file.close().catch(() => undefined);
  }

  async #writable(): Promise<WritableFile> {
    if (this.#file !== undefined) return this.#file;
    const exists = (await this.#directory.sizeOf(this.#name)) !== undefined;
    this.#file = exists ? await this.#directory.open(this.#name) : await this.#directory.create(this.#name);
    return this.#file;
  }
}

type Slot = 'blank' | 'damaged' | { readonly value: unknown; readonly generation: number };

/**
 *     0  magic FF "SEGSLOT" | 8 format version u16 | 10 zeros | 12 payload bytes u32 | 16 generation u64 | 24 zeros
 *    28  CRC of bytes 0-28 and of the payload u32
 *    32  payload, UTF-8 JSON
 */
function encodeSlot(value: unknown, generation: number, checksum: Checksum): Uint8Array {
  const payload = new TextEncoder().encode(JSON.stringify(value));
  if (payload.length > MAX_PAYLOAD_BYTES) throw new RangeError(`a slot holds ${MAX_PAYLOAD_BYTES} bytes`);
  invariant(Number.isSafeInteger(generation), 'slot generations are used up');
  const bytes = new Uint8Array(SLOT_HEADER_BYTES + payload.length);
  const view = new DataView(bytes.buffer);
  bytes.set(MAGIC);
  view.setUint16(8, FORMAT_VERSION);
  view.setUint32(12, payload.length);
  view.setBigUint64(16, BigInt(generation));
  bytes.set(payload, SLOT_HEADER_BYTES);
  view.setUint32(28, slotChecksum(bytes, bytes.length, checksum));
  return bytes;
}

function decodeSlot(source: Uint8Array, file: string, checksum: Checksum): Slot {
  if (isBlank(source, 0, source.length)) return 'blank';
  if (source.length < SLOT_HEADER_BYTES || !MAGIC.every((byte, at) => source[at] === byte)) return 'damaged';
  const view = new DataView(source.buffer, source.byteOffset, source.length);
  const end = SLOT_HEADER_BYTES + view.getUint32(12);
  const good = end <= source.length && slotChecksum(source, end, checksum) === view.getUint32(28);
  if (!good) return 'damaged';
  requireKnownVersion(view.getUint16(8), file);
  const payload = new TextDecoder().decode(source.subarray(SLOT_HEADER_BYTES, end));
  return { value: JSON.parse(payload), generation: Number(view.getBigUint64(16)) };
}

function slotChecksum(bytes: Uint8Array, end: number, checksum: Checksum): number {
  return checksum.of(bytes, SLOT_HEADER_BYTES, end, checksum.of(bytes, 0, 28, 0));
}

/** Every version keeps the place and the way of the checksum, so that damage is not taken for a newer version. */
function requireKnownVersion(version: number, file: string): void {
  if (version <= FORMAT_VERSION) return;
  const sentence = 'the file was written by a newer version; open it with that version';
  throw new SeglogError('UNSUPPORTED_FORMAT', sentence, { file, version, supported: FORMAT_VERSION });
}

function newest(slots: readonly Slot[]): SlotContent {
  let best: { readonly value: unknown; readonly generation: number } = { value: undefined, generation: 0 };
  for (const slot of slots) {
    if (typeof slot !== 'string' && slot.generation > best.generation) best = slot;
  }
  return { ...best, damaged: slots.filter((slot) => slot === 'damaged').length };
}
