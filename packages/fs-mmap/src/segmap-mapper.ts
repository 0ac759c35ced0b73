import { createRequire } from 'node:module';
import { type Mapper, type Mapping, WINDOW_BYTES } from './mapper.js';

/** Our own addon, `native/segmap.c`: 64-bit sizes, unmaps at once, empties what was lent, works in workers. */
export function loadSegmap(): Mapper | undefined {
  const addon = requireAddon();
  if (addon === undefined) return undefined;
  return {
    name: 'segmap',
    maxBytes: Number.MAX_SAFE_INTEGER,
    map: (descriptor, { bytes, sequential, released }) => {
      const handle = addon.map(descriptor, bytes);
      prepare(addon, handle, sequential);
      return new SegmapMapping(addon, { handle, bytes, released });
    },
  };
}

/** A Node that makes no views of foreign memory says so here, where a file can still be read in another way. */
function prepare(addon: SegmapAddon, handle: object, sequential: boolean): void {
  try {
    addon.lend(handle, 0, 1);
    addon.recall(handle);
    if (sequential) addon.readAhead(handle);
  } catch (error) {
    addon.unmap(handle);
    throw error;
  }
}

/** What `native/segmap.c` exports; every function is described there. */
interface SegmapAddon {
  map(descriptor: number, bytes: number): object;
  readAhead(handle: object): void;
  lend(handle: object, position: number, bytes: number): ArrayBuffer;
  recall(handle: object): void;
  unmap(handle: object): void;
}

class SegmapMapping implements Mapping {
  readonly #addon: SegmapAddon;
  readonly #map: { readonly handle: object; readonly bytes: number; readonly released: () => void };
  #unmapped = false;

  public constructor(addon: SegmapAddon, map: { handle: object; bytes: number; released: () => void }) {
    this.#addon = addon;
    this.#map = map;
  }

  public lend(index: number): Uint8Array {
    const { handle, bytes } = this.#map;
    const position = index * WINDOW_BYTES;
    return new Uint8Array(this.#addon.lend(handle, position, Math.min(WINDOW_BYTES, bytes - position)));
  }

  public recall(): void {
    this.#addon.recall(this.#map.handle);
  }

  public unmap(): void {
    if (this.#unmapped) return;
    this.#addon.unmap(this.#map.handle);
    this.#unmapped = true;
    this.#map.released();
  }
}

/** The build step puts it beside `src` and `dist`, whichever of them this file runs from. */
function requireAddon(): SegmapAddon | undefined {
  try {
    const require = createRequire(import.meta.url);
    const loaded: unknown = require(`../prebuilds/${process.platform}-${process.arch}/segmap.node`);
    return isSegmap(loaded) ? loaded : undefined;
  } catch {
    return undefined;
  }
}

/** An addon left over from another version may lack what we call. */
function isSegmap(loaded: unknown): loaded is SegmapAddon {
  if (typeof loaded !== 'object' || loaded === null) return false;
  const functions = new Map<string, unknown>(Object.entries(loaded));
  return ['map', 'readAhead', 'lend', 'recall', 'unmap'].every(
    (name) => typeof functions.get(name) === 'function',
  );
}
