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
    map: (descriptor, { bytes, sequential, released }) => {
      if (bytes > 2 ** 31 - 1) throw new RangeError(`mmap-io maps at most 2^31 - 1 bytes, not ${bytes}`);
      const advice = sequential ? addon.MADV_SEQUENTIAL : addon.MADV_NORMAL;
      const pages = addon.map(bytes, addon.PROT_READ, addon.MAP_SHARED, descriptor, 0, advice);
      collected.register(pages.buffer, released);
      return new MmapIoMapping(pages);
    },
  };
}

interface MmapIo {
  readonly PROT_READ: number;
  readonly MAP_SHARED: number;
  readonly MADV_NORMAL: number;
  readonly MADV_SEQUENTIAL: number;
  map(
    ...of: [bytes: number, protection: number, flags: number, file: number, at: number, advice: number]
  ): Buffer;
}

class MmapIoMapping implements Mapping {
  #pages: Buffer | undefined;

  public constructor(pages: Buffer) {
    this.#pages = pages;
  }

  /** Plain arrays: a Buffer's own subarray is several times slower. */
  public lend(index: number): Uint8Array {
    const pages = this.#pages;
    if (pages === undefined) throw new Error('the map is unmapped');
    const position = index * WINDOW_BYTES;
    const bytes = Math.min(WINDOW_BYTES, pages.length - position);
    return new Uint8Array(pages.buffer, pages.byteOffset + position, bytes);
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

const constants = ['PROT_READ', 'MAP_SHARED', 'MADV_NORMAL', 'MADV_SEQUENTIAL'];

function isMmapIo(loaded: unknown): loaded is MmapIo {
  if (typeof loaded !== 'object' || loaded === null) return false;
  const values = new Map<string, unknown>(Object.entries(loaded));
  const isComplete = constants.every((name) => typeof values.get(name) === 'number');
  return isComplete && typeof values.get('map') === 'function';
}
