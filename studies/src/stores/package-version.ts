import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/** The version that is installed. Packages that hide their `package.json` are looked up by their folder. */
export function packageVersion(name: string): string {
  const { resolve } = createRequire(import.meta.url);
  for (const folder of resolve.paths(name) ?? []) {
    const version = versionIn(join(folder, name, 'package.json'));
    if (version !== undefined) return version;
  }
  throw new Error(`${name} is not installed`);
}

function versionIn(path: string): string | undefined {
  try {
    const { version }: { readonly version: string } = JSON.parse(readFileSync(path, 'utf8'));
    return version;
  } catch {
    return undefined;
  }
}
