/** How much a map may hold, and what a key costs it. */
export interface MapBound {
  readonly maxBytes: number;
  /** Beside the key itself. */
  readonly bytesPerKey: number;
  /** Of the memory left for keys, as much is set aside for each. */
  readonly typicalKeyBytes: number;
}

/** Keys that tables are made for: as many as come, or as the bound allows. `RangeError` for a bound that is none. */
export function mapCapacity(bound: MapBound, maxRecords: number): number {
  const { maxBytes, bytesPerKey, typicalKeyBytes } = bound;
  const most = Math.floor(maxBytes / (bytesPerKey + typicalKeyBytes));
  if (!Number.isSafeInteger(maxBytes) || most < 4 || most > 2 ** 31) {
    throw new RangeError(
      `maxBytes of an offset map must be an integer from 1 KiB to 128 GiB, not ${maxBytes}`,
    );
  }
  return Math.max(4, Math.min(most, maxRecords));
}
