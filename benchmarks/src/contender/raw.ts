import { closeSync, fdatasyncSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { crc32c } from '@seglog/core';
import type { Contender, Place, Store, Tally } from './contender.js';
import { KEY_BYTES } from './record-block.js';

const RING_BYTES = 8 * 2 ** 20;
const CHUNK_BYTES = 2 ** 20;

/**
 * The least that can be asked of the system from Node: one `write` of the payloads' bytes, one `fdatasync`, one `read`.
 * No format, no checksum, no index; an append of many producers is one call.
 */
export const raw: Contender = {
  name: 'raw',
  kind: 'raw',
  offers: ['append', 'scanLent', 'read', 'reopen'],
  open: async (place) => openRaw(place),
};

function openRaw({ directory, durable = false, valueBytes }: Place): Store {
  const payloadBytes = KEY_BYTES + valueBytes;
  const descriptor = openSync(join(directory, 'raw'), durable ? 'w+' : 'a+');
  const record = Buffer.allocUnsafe(payloadBytes);
  return {
    append: durable ? appendDurable(descriptor) : async ({ bytes }) => writeAll(descriptor, bytes, null),
    settle: async () => undefined,
    scanLent: async () => scan(descriptor, payloadBytes),
    scanObjects: async () => scan(descriptor, payloadBytes),
    read: (offset) => {
      readSync(descriptor, record, 0, payloadBytes, offset * payloadBytes);
      return record[KEY_BYTES] ?? 0;
    },
    close: async () => closeSync(descriptor),
  };
}

/** Round and round in blocks that were written before: a sync has no new length or place to make durable. */
function appendDurable(descriptor: number): Store['append'] {
  writeAll(descriptor, Buffer.alloc(RING_BYTES), 0);
  fdatasyncSync(descriptor);
  let position = 0;
  return async ({ bytes }) => {
    if (position + bytes.length > RING_BYTES) position = 0;
    writeAll(descriptor, bytes, position);
    fdatasyncSync(descriptor);
    position += bytes.length;
  };
}

function writeAll(descriptor: number, bytes: Buffer, position: number | null): void {
  for (let written = 0; written < bytes.length; ) {
    const at = position === null ? null : position + written;
    written += writeSync(descriptor, bytes, written, bytes.length - written, at);
  }
}

function scan(descriptor: number, payloadBytes: number): Tally {
  const tally = { records: 0, firstBytes: 0 };
  const chunk = Buffer.allocUnsafe(Math.floor(CHUNK_BYTES / payloadBytes) * payloadBytes);
  for (let position = 0; ; position += chunk.length) {
    const bytes = readSync(descriptor, chunk, 0, chunk.length, position);
    for (let at = KEY_BYTES; at < bytes; at += payloadBytes) tally.firstBytes += chunk[at] ?? 0;
    tally.records += bytes / payloadBytes;
    if (bytes < chunk.length) return tally;
  }
}

/** The raw limit of recovery: every byte is read and summed once. */
export function readAndSum(directory: string): number {
  const descriptor = openSync(join(directory, 'raw'), 'r');
  try {
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    const checksum = crc32c();
    let sum = 0;
    for (let left = fstatSync(descriptor).size; left > 0; ) {
      const bytes = readSync(descriptor, chunk, 0, chunk.length, null);
      sum = checksum.of(chunk, 0, bytes, sum);
      left -= bytes;
    }
    return sum;
  } finally {
    closeSync(descriptor);
  }
}
