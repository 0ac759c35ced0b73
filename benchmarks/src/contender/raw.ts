import { closeSync, fdatasyncSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { crc32c } from '@seglog/core';
import type { Contender, Place, Store, Tally } from './contender.js';
import { KEY_BYTES, PAYLOAD_BYTES } from './record-block.js';

const CHUNK_BYTES = 1024 * PAYLOAD_BYTES * 8;

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

function openRaw({ directory, durable }: Place): Store {
  const descriptor = openSync(join(directory, 'raw'), 'a+');
  const record = Buffer.allocUnsafe(PAYLOAD_BYTES);
  return {
    append: async ({ bytes }) => {
      for (let written = 0; written < bytes.length; ) written += writeSync(descriptor, bytes, written);
      if (durable) fdatasyncSync(descriptor);
    },
    settle: async () => undefined,
    scanLent: async () => scan(descriptor),
    scanObjects: async () => scan(descriptor),
    read: (offset) => {
      readSync(descriptor, record, 0, PAYLOAD_BYTES, offset * PAYLOAD_BYTES);
      return record[KEY_BYTES] ?? 0;
    },
    close: async () => closeSync(descriptor),
  };
}

function scan(descriptor: number): Tally {
  const tally = { records: 0, firstBytes: 0 };
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  for (let position = 0; ; position += chunk.length) {
    const bytes = readSync(descriptor, chunk, 0, chunk.length, position);
    for (let at = KEY_BYTES; at < bytes; at += PAYLOAD_BYTES) tally.firstBytes += chunk[at] ?? 0;
    tally.records += bytes / PAYLOAD_BYTES;
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
