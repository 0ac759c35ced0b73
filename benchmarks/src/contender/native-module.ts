import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** A module whose binary is not there for every system; undefined where it does not load. */
export function nativeModule(name: string): unknown {
  try {
    return require(name);
  } catch {
    return undefined;
  }
}
