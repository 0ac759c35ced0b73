/** What Node takes as data to write. */
export type FsData = string | Uint8Array;

/** A copy: the caller may change its buffer once the call has returned. */
export function bytesOf(data: FsData, encoding: BufferEncoding = 'utf8'): Uint8Array {
  return typeof data === 'string' ? new Uint8Array(Buffer.from(data, encoding)) : Uint8Array.from(data);
}

export interface WriteOptions {
  readonly encoding?: BufferEncoding | null | undefined;
  readonly flag?: string | number | undefined;
  readonly flush?: boolean | undefined;
  readonly mode?: number | string | undefined;
}

/** Node takes an encoding in place of options. */
export function optionsOf<T extends { readonly encoding?: BufferEncoding | null | undefined }>(
  options: T | BufferEncoding | null | undefined,
): Partial<T> | { readonly encoding: BufferEncoding } {
  if (typeof options === 'string') return { encoding: options };
  return options ?? {};
}

/** `write(fd, buffer, offset, length, position)` and `write(fd, string, position, encoding)`, as Node tells them apart. */
export function writeArguments(
  data: FsData,
  rest: readonly unknown[],
): { readonly bytes: Uint8Array; readonly position: number | undefined } {
  const [first, second, third] = rest;
  if (typeof data === 'string') {
    const encoding = typeof second === 'string' && Buffer.isEncoding(second) ? second : 'utf8';
    return { bytes: bytesOf(data, encoding), position: numberOr(first, undefined) };
  }
  const offset = numberOr(first, 0);
  const length = numberOr(second, data.length - offset);
  return {
    bytes: Uint8Array.from(data.subarray(offset, offset + length)),
    position: numberOr(third, undefined),
  };
}

export function numberOr<T>(value: unknown, otherwise: T): number | T {
  return typeof value === 'number' ? value : otherwise;
}
