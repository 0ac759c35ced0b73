import { createRequire } from 'node:module';
import { type Mapper, type Mapping, WINDOW_BYTES } from './mapper.js';

/**
 * The npm package `mmap-io`. It cuts sizes to 32 bits, so larger files are refused. It cannot unmap: the pages go when
 * the garbage collector has found every view, and until then they count as mapped. It does not load in workers.
 */
export function loadMmapIo(): Mapper | undefined {
  const addon = requireMmapIo();
  if (addon === undefined) return undefined;
  const collected = new FinalizationRegistry<() => void>((released) => released());
  return {
    name: 'mmap-io',
    maxBytes: 2 ** 31 - 1,
    map: (descriptor, bytes, released) => {
      if (bytes > 2 ** 31 - 1) throw new RangeError(`mmap-io maps at most 2^31 - 1 bytes, not ${bytes}`);
      const pages = addon.map(bytes, addon.PROT_READ, addon.MAP_SHARED, descriptor, 0);
      collected.register(pages.buffer, released);
      return new MmapIoMapping(pages);
    },
  };
}

interface MmapIo {
  readonly PROT_READ: number;
  readonly MAP_SHARED: number;
  map(bytes: number, protection: number, flags: number, descriptor: number, position: number): Buffer;
}

class MmapIoMapping implements Mapping {
  #pages: Buffer | undefined;

  public constructor(pages: Buffer) {
    this.#pages = pages;
  }

  /** Plain arrays: a Buffer's own subarray is several times slower. */
  public lend(): readonly Uint8Array[] {
    const pages = this.#pages;
    if (pages === undefined) throw new Error('the map is unmapped');
    const count = Math.ceil(pages.length / WINDOW_BYTES);
    return Array.from({ length: count }, (_, index) => {
      const position = index * WINDOW_BYTES;
      const bytes = Math.min(WINDOW_BYTES, pages.length - position);
      return new Uint8Array(pages.buffer, pages.byteOffset + position, bytes);
    });
  }

  /** Nothing can empty these views: their holders let them go, as the contract of a reader asks. */
  public recall(): void {}

  public unmap(): void {
    this.#pages = undefined;
  }
}

function requireMmapIo(): MmapIo | undefined {
  try {
    const loaded: unknown = createRequire(import.meta.url)('mmap-io');
    return isMmapIo(loaded) ? loaded : undefined;
  } catch {
    return undefined;
  }
}

function isMmapIo(loaded: unknown): loaded is MmapIo {
  if (typeof loaded !== 'object' || loaded === null) return false;
  return (
    'map' in loaded && typeof loaded.map === 'function' && 'PROT_READ' in loaded && 'MAP_SHARED' in loaded
  );
}
