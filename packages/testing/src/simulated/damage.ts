import type { StorageDirectory } from '@seglog/core';

/** What may happen to a file while nobody looks. `name` is in the directory that is given. */
export type MediaFault =
  /** `bit` counts from the start of the file: bit 0 is the lowest of the first byte. */
  | { readonly kind: 'flip-bit'; readonly name: string; readonly bit: number }
  | { readonly kind: 'zero'; readonly name: string; readonly position: number; readonly bytes: number }
  /** Bytes that look like nothing; `pattern` makes them others. */
  | {
      readonly kind: 'garbage';
      readonly name: string;
      readonly position: number;
      readonly bytes: number;
      readonly pattern?: number;
    }
  /** Bytes of the same file land at another place. */
  | {
      readonly kind: 'misdirect';
      readonly name: string;
      readonly from: number;
      readonly to: number;
      readonly bytes: number;
    }
  | { readonly kind: 'truncate'; readonly name: string; readonly sizeBytes: number }
  /** Grows by `bytes` of zeros, or of garbage. */
  | { readonly kind: 'extend'; readonly name: string; readonly bytes: number; readonly garbage?: boolean }
  | { readonly kind: 'missing'; readonly name: string }
  | { readonly kind: 'swap'; readonly name: string; readonly other: string }
  /** The whole file as it was at another time. */
  | { readonly kind: 'replace'; readonly name: string; readonly content: Uint8Array };

/** Damages a file of any directory, durably. The files of an engine that is open belong to it: close it first. */
export async function damage(directory: StorageDirectory, fault: MediaFault): Promise<void> {
  if (fault.kind === 'missing') await directory.remove(fault.name);
  else if (fault.kind === 'swap') await swap(directory, fault.name, fault.other);
  else {
    const before = await readFile(directory, fault.name);
    await replaceFile(directory, fault.name, damaged(before, fault));
  }
  await directory.sync();
}

function damaged(
  before: Uint8Array,
  fault: Exclude<MediaFault, { readonly kind: 'missing' | 'swap' }>,
): Uint8Array {
  if (fault.kind === 'replace') return fault.content;
  if (fault.kind === 'truncate') return before.subarray(0, fault.sizeBytes);
  if (fault.kind === 'extend') return extended(before, fault.bytes, fault.garbage === true);
  const after = before.slice();
  if (fault.kind === 'zero') return after.fill(0, fault.position, fault.position + fault.bytes);
  if (fault.kind === 'misdirect') return after.copyWithin(fault.to, fault.from, fault.from + fault.bytes);
  if (fault.kind === 'garbage') {
    const { position, bytes, pattern } = fault;
    return after.map((byte, i) =>
      i < position || i >= position + bytes ? byte : garbageByte(i, pattern ?? 1),
    );
  }
  const at = Math.floor(fault.bit / 8);
  if (at >= after.length)
    throw new RangeError(`bit ${fault.bit} lies beyond the file's ${after.length} bytes`);
  after[at] = (after[at] ?? 0) ^ (1 << (fault.bit % 8));
  return after;
}

function extended(before: Uint8Array, bytes: number, garbage: boolean): Uint8Array {
  const after = new Uint8Array(before.length + bytes);
  after.set(before);
  if (garbage) for (let i = before.length; i < after.length; i += 1) after[i] = garbageByte(i, 1);
  return after;
}

function garbageByte(position: number, pattern: number): number {
  return (Math.imul(position + 1, 0x9e3779b1) ^ Math.imul(pattern, 0x85ebca6b)) >>> 24;
}

async function swap(directory: StorageDirectory, name: string, other: string): Promise<void> {
  const [first, second] = [await readFile(directory, name), await readFile(directory, other)];
  await replaceFile(directory, name, second);
  await replaceFile(directory, other, first);
}

/** Every byte of a file. */
export async function readFile(directory: StorageDirectory, name: string): Promise<Uint8Array> {
  const size = (await directory.sizeOf(name)) ?? 0;
  const reader = await directory.openReader(name, { sealed: false, writtenBytes: () => size });
  try {
    const bytes = new Uint8Array(size);
    for (let at = 0; at < size; ) {
      const part = await reader.read(at, bytes.subarray(at));
      if (part.length === 0) throw new Error(`${name} ended at ${at} of ${size} bytes`);
      if (part.buffer !== bytes.buffer) bytes.set(part, at);
      at += part.length;
    }
    return bytes;
  } finally {
    await reader.close();
  }
}

/** In place, as a medium does it: the file keeps its identity. */
async function replaceFile(directory: StorageDirectory, name: string, bytes: Uint8Array): Promise<void> {
  const file = await directory.open(name);
  try {
    await file.truncate(bytes.length);
    await file.write(0, [bytes]);
    await file.sync();
  } finally {
    await file.close();
  }
}
