import type { MapScope } from './map-scope.js';
import type { Mapper, Mapping } from './mapper.js';

export interface MapSettings {
  readonly maxMaps: number;
  readonly maxMappedBytes: number;
  readonly sequential: boolean;
}

/** A file, whatever its name: a map keeps its file alive, so no other file can get the same key meanwhile. */
export interface FileToMap {
  /** Device and inode. */
  readonly key: string;
  readonly descriptor: number;
  readonly bytes: number;
  readonly path: string;
  /** Removed since it was opened: an idle map would only hold its space. */
  readonly unlinked: boolean;
  readonly scope: MapScope;
}

/** A map that a reader serves from. */
export interface OpenMap {
  readonly bytes: number;
  readonly mapping: Mapping;
  /** What its mapping has lent so far, by index. Undefined as soon as the reader or its directory begins to close. */
  readonly windows: (Uint8Array | undefined)[] | undefined;
  /**
   * Ends the reader's use. Views are taken back one turn later: the caller may have awaited a read that was answered
   * before the close, and sees its view only after this turn.
   */
  release(): Promise<void>;
}

/**
 * Every map below one root directory, within the bounds. A map belongs to one reader, and is never taken from it. When
 * the reader is closed the map becomes idle: it waits for the next reader of the same file, and the one that has waited
 * longest goes first when room is needed. When open readers alone fill the bounds, nothing more is mapped.
 */
export class MapTable {
  readonly #mapper: Mapper;
  readonly #settings: MapSettings;
  readonly #open = new Set<HeldMap>();
  /** By key, in the order in which they became idle. */
  readonly #idle = new Map<string, HeldMap>();
  /** Files that are being cut now, and how many calls do it. */
  readonly #cuts = new Map<string, number>();
  #maps = 0;
  #mappedBytes = 0;

  public constructor(mapper: Mapper, settings: MapSettings) {
    this.#mapper = mapper;
    this.#settings = settings;
  }

  /** Undefined when the file cannot or may not be mapped now; it is then read in another way. */
  public open(file: FileToMap): OpenMap | undefined {
    if (file.bytes === 0 || file.bytes > this.#mapper.maxBytes || this.#cuts.has(file.key)) return undefined;
    const mapping = this.#takeIdle(file) ?? this.#map(file);
    if (mapping === undefined) return undefined;
    const { key, bytes, path, scope, unlinked } = file;
    const release = async (): Promise<void> => this.#release(held);
    const held: HeldMap = { key, bytes, path, scope, mapping, windows: [], kept: !unlinked, release };
    this.#open.add(held);
    return held;
  }

  /** The file of this path, or everything below it, is gone or has another name: its idle maps only hold its space. */
  public forget(path: string): void {
    const below = `${path}/`;
    const isThere = (held: HeldMap): boolean => held.path === path || held.path.startsWith(below);
    for (const held of this.#open) if (isThere(held)) held.kept = false;
    this.#dropIdle(isThere);
  }

  /**
   * Allows a file to be cut to `sizeBytes`, and maps it no more until the returned function is called. Undefined when
   * an open reader maps more than would be left: its next read beyond the new end would kill the process.
   */
  public beginCut(key: string, sizeBytes: number): (() => void) | undefined {
    for (const held of this.#open) if (held.key === key && held.bytes > sizeBytes) return undefined;
    this.#dropIdle((held) => held.key === key);
    this.#cuts.set(key, (this.#cuts.get(key) ?? 0) + 1);
    return () => {
      const left = (this.#cuts.get(key) ?? 0) - 1;
      if (left > 0) this.#cuts.set(key, left);
      else this.#cuts.delete(key);
    };
  }

  /** Unmaps everything within a scope that has been closed. */
  public async close(scope: MapScope): Promise<void> {
    const ending = [...this.#open].filter((held) => held.scope.isWithin(scope));
    for (const held of ending) held.windows = undefined;
    this.#dropIdle((held) => held.scope.isWithin(scope));
    await nextTurn();
    for (const held of ending) if (this.#open.delete(held)) held.mapping.unmap();
  }

  /** Maps held within a scope, open and idle. */
  public count(scope: MapScope): number {
    return [...this.#open, ...this.#idle.values()].filter((held) => held.scope.isWithin(scope)).length;
  }

  async #release(held: HeldMap): Promise<void> {
    held.windows = undefined;
    await nextTurn();
    if (!this.#open.delete(held)) return;
    if (held.kept && !held.scope.closed) this.#keep(held);
    else held.mapping.unmap();
  }

  #keep(held: HeldMap): void {
    held.mapping.recall();
    this.#dropIdle(({ key }) => key === held.key);
    this.#idle.set(held.key, held);
  }

  #takeIdle({ key, bytes }: FileToMap): Mapping | undefined {
    const idle = this.#idle.get(key);
    if (idle === undefined || idle.bytes !== bytes) return undefined;
    this.#idle.delete(key);
    return idle.mapping;
  }

  #map({ key, descriptor, bytes }: FileToMap): Mapping | undefined {
    this.#dropIdle((held) => held.key === key);
    if (!this.#makeRoom(bytes)) return undefined;
    this.#count(bytes, 1);
    try {
      return this.#mapper.map(descriptor, {
        bytes,
        sequential: this.#settings.sequential,
        released: () => this.#count(bytes, -1),
      });
    } catch {
      // The system's own bounds (memory, number of maps) or a file system without maps: nothing is broken.
      this.#count(bytes, -1);
      return undefined;
    }
  }

  /** Idle maps are given up only if that is enough. */
  #makeRoom(bytes: number): boolean {
    const { maxMaps, maxMappedBytes } = this.#settings;
    const idle = [...this.#idle.values()];
    const idleBytes = idle.reduce((sum, held) => sum + held.bytes, 0);
    const fits = (maps: number, mapped: number): boolean =>
      maps < maxMaps && mapped + bytes <= maxMappedBytes;
    if (!fits(this.#maps - idle.length, this.#mappedBytes - idleBytes)) return false;
    let maps = this.#maps;
    let mapped = this.#mappedBytes;
    for (const held of idle) {
      if (fits(maps, mapped)) break;
      this.#dropIdle((other) => other === held);
      maps -= 1;
      mapped -= held.bytes;
    }
    // Not yet, if the mapper leaves the unmapping to the garbage collector.
    return fits(this.#maps, this.#mappedBytes);
  }

  #dropIdle(isChosen: (held: HeldMap) => boolean): void {
    for (const held of this.#idle.values()) {
      if (!isChosen(held)) continue;
      this.#idle.delete(held.key);
      held.mapping.unmap();
    }
  }

  #count(bytes: number, sign: 1 | -1): void {
    this.#maps += sign;
    this.#mappedBytes += sign * bytes;
  }
}

interface HeldMap extends OpenMap {
  readonly key: string;
  readonly path: string;
  readonly scope: MapScope;
  windows: (Uint8Array | undefined)[] | undefined;
  /** Whether it becomes idle when its reader is closed. */
  kept: boolean;
}

async function nextTurn(): Promise<void> {
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
}
