import { invariant, requireSafeInteger, SeglogError, type SegmentReader } from '@seglog/core';
import type { OpenMap } from './map-table.js';
import { type Mapping, WINDOW_BYTES } from './mapper.js';

/**
 * Answers without a promise, and without a copy but for reads across the border of two windows. Never looks beyond the
 * size that the file had when it was mapped.
 */
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
    const { windows, mapping, bytes } = this.#map;
    if (windows === undefined) {
      return Promise.reject(new SeglogError('LOG_CLOSED', 'the reader is closed'));
    }
    const end = Math.min(position + scratch.length, bytes, this.#writtenBytes());
    if (!(position < end)) return NOTHING;
    const index = Math.floor(position / WINDOW_BYTES);
    const border = (index + 1) * WINDOW_BYTES;
    if (end > border) return joined({ windows, mapping }, { position, end }, scratch);
    const window = windows[index] ?? lent({ windows, mapping }, index);
    const view = window.subarray(position - index * WINDOW_BYTES, end - index * WINDOW_BYTES);
    invariant(view.length === end - position, 'an open map is whole');
    return view;
  }

  public async close(): Promise<void> {
    this.#closing ??= this.#map.release();
    return this.#closing;
  }
}

const NOTHING = new Uint8Array(0);

interface Lending {
  readonly windows: (Uint8Array | undefined)[];
  readonly mapping: Mapping;
}

function lent({ windows, mapping }: Lending, index: number): Uint8Array {
  const window = mapping.lend(index);
  windows[index] = window;
  return window;
}

function joined(
  lending: Lending,
  { position, end }: { readonly position: number; readonly end: number },
  scratch: Uint8Array,
): Uint8Array {
  const filled = scratch.subarray(0, end - position);
  for (let at = position; at < end; ) {
    const index = Math.floor(at / WINDOW_BYTES);
    const window = lending.windows[index] ?? lent(lending, index);
    const piece = window.subarray(at - index * WINDOW_BYTES, end - index * WINDOW_BYTES);
    invariant(piece.length > 0, 'an open map is whole');
    filled.set(piece, at - position);
    at += piece.length;
  }
  return filled;
}
