const STORAGE_NAME = /^[A-Za-z0-9._-]{1,255}$/;

/**
 * Guards a name on its way to a medium: one path component of 1 to 255 bytes of `[A-Za-z0-9._-]`, not `.` or `..`.
 * Throws `RangeError`. Every {@link StorageDirectory} calls it before anything else, so that no name leaves its root.
 */
export function requireStorageName(name: string): void {
  if (typeof name === 'string' && STORAGE_NAME.test(name) && name !== '.' && name !== '..') return;
  const shown = typeof name === 'string' ? JSON.stringify(name.slice(0, 300)) : `a ${typeof name}`;
  throw new RangeError(`a storage name is 1 to 255 of [A-Za-z0-9._-] and not . or .., not ${shown}`);
}
