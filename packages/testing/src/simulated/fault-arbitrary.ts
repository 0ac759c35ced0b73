import type { StorageDirectory } from '@seglog/core';
import * as fc from 'fast-check';
import type { StoreImage } from '../store-image.js';
import { damage, type MediaFault } from './damage.js';

/** A fault of one file somewhere below a directory; an empty `path` is the directory itself. */
export interface StoreFault {
  readonly path: string;
  readonly fault: MediaFault;
}

const SECTOR_BYTES = 512;

/**
 * Everything that may happen to one file of a store: flipped bits, zeroed and garbage sectors, misdirected writes,
 * truncation, extension, loss, files that change places, and, given `older`, files as they were in an earlier image of the
 * same store: a restored backup, a stale sidecar. Files that are empty are left alone.
 */
export function storeFaults(image: StoreImage, older: StoreImage = new Map()): fc.Arbitrary<StoreFault> {
  const files = [...image].filter(([, bytes]) => bytes.length > 0).map(([file]) => file);
  if (files.length === 0) throw new RangeError('a store without files cannot be damaged');
  return fc
    .constantFrom(...files)
    .chain((file) => faultsOf(file, { image, older }).map((fault) => ({ path: parentOf(file), fault })));
}

/** Damages a file below `root`, durably. */
export async function damageStore(root: StorageDirectory, { path, fault }: StoreFault): Promise<void> {
  let directory = root;
  for (const name of path.split('/').filter((part) => part !== '')) {
    directory = await directory.directory(name, { create: false });
  }
  await damage(directory, fault);
}

interface Images {
  readonly image: StoreImage;
  readonly older: StoreImage;
}

function faultsOf(file: string, { image, older }: Images): fc.Arbitrary<MediaFault> {
  const bytes = image.get(file)?.length ?? 0;
  const name = nameOf(file);
  const within = fc.nat(bytes - 1);
  const length = fc.oneof(fc.constantFrom(1, 4, SECTOR_BYTES), fc.integer({ min: 1, max: bytes }));
  const faults: fc.Arbitrary<MediaFault>[] = [
    fc.nat(bytes * 8 - 1).map((bit) => ({ kind: 'flip-bit', name, bit })),
    fc.tuple(within, length).map(([at, count]) => ({ kind: 'zero', name, ...range(at, count, bytes) })),
    fc
      .tuple(within, length, fc.nat(1000))
      .map(([at, count, pattern]) => ({ kind: 'garbage', name, ...range(at, count, bytes), pattern })),
    fc
      .tuple(within, within, length)
      .map(([from, to, count]) => ({ kind: 'misdirect', name, from, to, bytes: count })),
    within.map((sizeBytes) => ({ kind: 'truncate', name, sizeBytes })),
    fc
      .tuple(fc.integer({ min: 1, max: 5000 }), fc.boolean())
      .map(([more, garbage]) => ({ kind: 'extend', name, bytes: more, garbage })),
    fc.constant({ kind: 'missing', name }),
  ];
  const neighbours = [...image.keys()].filter(
    (other) => other !== file && parentOf(other) === parentOf(file),
  );
  if (neighbours.length > 0) {
    faults.push(
      fc.constantFrom(...neighbours).map((other) => ({ kind: 'swap', name, other: nameOf(other) })),
    );
  }
  const before = older.get(file);
  if (before !== undefined) faults.push(fc.constant({ kind: 'replace', name, content: before }));
  return fc.oneof(...faults);
}

/** Sectors are lost as a whole: a fault that is one sector long starts where one starts. */
function range(at: number, count: number, size: number): { position: number; bytes: number } {
  const position = count === SECTOR_BYTES ? at - (at % SECTOR_BYTES) : at;
  return { position, bytes: Math.min(count, size - position) };
}

const parentOf = (file: string): string => file.slice(0, Math.max(0, file.lastIndexOf('/')));
const nameOf = (file: string): string => file.slice(file.lastIndexOf('/') + 1);
