/** Continues a checksum, an unsigned 32-bit integer, over all of `input`; `seed` 0 starts anew. */
export type NativeChecksum = (input: Uint8Array, seed: number) => number;

type NativeModule = Readonly<Partial<Record<string, NativeChecksum>>>;

let loaded: NativeModule | undefined;

/**
 * A function of `@node-rs/crc32`, loaded on first use; undefined where the package or its binary is missing, or where
 * `proof` (the checksum of the ASCII digits 1 to 9) does not come out: an accelerator is never worth wrong bytes.
 */
export function nativeChecksum(name: string, proof: number): NativeChecksum | undefined {
  loaded ??= load();
  const native = loaded[name];
  if (native === undefined) return undefined;
  const digits = Uint8Array.from('123456789', (digit) => digit.charCodeAt(0));
  return native(digits.subarray(4), native(digits.subarray(0, 4), 0)) === proof ? native : undefined;
}

/** Asks the process for `require` at run time, because a browser has neither `node:module` nor native packages. */
function load(): NativeModule {
  try {
    const { createRequire } = process.getBuiltinModule('node:module');
    return createRequire(import.meta.url)('@node-rs/crc32') as NativeModule;
  } catch {
    return {};
  }
}
