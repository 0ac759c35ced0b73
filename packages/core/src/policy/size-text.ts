const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  B: 1,
  kB: 1000,
  MB: 1000 ** 2,
  GB: 1000 ** 3,
  TB: 1000 ** 4,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
  TiB: 1024 ** 4,
};

/**
 * Bytes from text: `1048576`, `512KiB`, `1.5 MiB`, `10GB`. Units are `B`, `kB` to `TB` (powers of 1000) and `KiB` to
 * `TiB` (powers of 1024). Throws `RangeError` for anything else, and for what is no whole number of bytes from 1 to 2^53.
 */
export function parseSize(text: string): number {
  const [, digits, unit] = /^(\d{1,16}(?:\.\d{1,6})?) ?([kKMGT]?i?B)?$/.exec(text) ?? [];
  const factor = digits === undefined ? undefined : UNITS[unit ?? ''];
  const bytes = factor === undefined ? Number.NaN : Number(digits) * factor;
  if (Number.isSafeInteger(bytes) && bytes > 0) return bytes;
  throw new RangeError(
    `a size is a number of bytes such as 1048576, 512KiB, 1MiB or 10GB, not ${JSON.stringify(text)}`,
  );
}
