import { invariant, requireSafeInteger, SeglogError, type SegmentReader } from '@seglog/core';
import type { OpenMap } from './map-table.js';
import { WINDOW_BYTES } from './mapper.js';

/** Answers without a promise and without a copy. Never looks beyond the size that the file had when it was mapped. */
export class MappedReader implements SegmentReader {
  readonly #map: OpenMap;
  readonly #writtenBytes: () => number;
  #closing: Promise<void> | undefined;

  public constructor(map: OpenMap, writtenBytes: () => number) {
    this.#map = map;
    this.#writtenBytes = writtenBytes;
  }

  public read(position: number, scratch: Uint8Array): Uint8Array | Promise<Uint8Array> {
    requireSafeInteger(position, 'position');
    const { windows, bytes } = this.#map;
    if (windows === undefined) {
      return Promise.reject(new SeglogError('LOG_CLOSED', 'the reader is closed'));
    }
    const end = Math.min(position + scratch.length, bytes, this.#writtenBytes());
    if (!(position < end)) return NOTHING;
    const view = part(windows, position, end) ?? joined(windows, { position, end }, scratch);
    invariant(view.length === end - position, 'an open map is whole');
    return view;
  }

  public async close(): Promise<void> {
    this.#closing ??= this.#map.release();
    return this.#closing;
  }
}

const NOTHING = new Uint8Array(0);

/** The view, if one window holds all of it. */
function part(windows: readonly Uint8Array[], position: number, end: number): Uint8Array | undefined {
  const index = Math.floor(position / WINDOW_BYTES);
  const start = index * WINDOW_BYTES;
  if (end - start > WINDOW_BYTES) return undefined;
  return windows[index]?.subarray(position - start, end - start);
}

/** Across the border of two windows, the bytes are copied into the scratch. */
function joined(
  windows: readonly Uint8Array[],
  range: { readonly position: number; readonly end: number },
  scratch: Uint8Array,
): Uint8Array {
  let { position } = range;
  while (position < range.end) {
    const border = (Math.floor(position / WINDOW_BYTES) + 1) * WINDOW_BYTES;
    const piece = part(windows, position, Math.min(border, range.end));
    invariant(piece !== undefined, 'a map has a window for each of its bytes');
    scratch.set(piece, position - range.position);
    position += piece.length;
    invariant(piece.length > 0, 'an open map is whole');
  }
  return scratch.subarray(0, range.end - range.position);
}
