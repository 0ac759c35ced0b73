// Loads a module of tests, which is TypeScript, in a worker thread.
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { rolldown } from 'rolldown';

const root = fileURLToPath(new URL('../../', import.meta.url));
const source = (path) => join(root, 'packages', path);

/**
 * `shelf`: the URL of the module. It becomes one file of plain JavaScript with all of our sources that it imports: modules
 * that a test runner has transformed look up whatever they import at each use, which costs a search a third of its time.
 */
export async function loadShelf(shelf) {
  // V8 takes the disks of a search for objects that stay, because their snapshots do, and would keep each until a full
  // collection, with all that it holds: a fifth of the time of a search.
  setFlagsFromString('--no-allocation-site-pretenuring');
  const cache = join(root, 'node_modules', '.cache');
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(join(cache, 'shelf-'));
  try {
    const file = join(folder, 'shelf.mjs');
    await bundle(fileURLToPath(shelf), file);
    process.setSourceMapsEnabled(true);
    await import(pathToFileURL(file).href);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function bundle(input, file) {
  const bundled = await rolldown({
    input,
    platform: 'node',
    tsconfig: false,
    external: (id) => !id.startsWith('.') && !id.startsWith('/') && !id.startsWith('@seglog/'),
    plugins: [{ name: 'seglog-sources', resolveId: sourceOf, transform: inPlace }],
  });
  await bundled.write({ file, format: 'esm', sourcemap: 'inline', codeSplitting: false });
  await bundled.close();
}

/** Our packages from their sources, where imports name the JavaScript that those become. */
function sourceOf(id, importer) {
  const [, name, door = 'index'] = /^@seglog\/([a-z-]+)(?:\/(inversify))?$/.exec(id) ?? [];
  if (name !== undefined && name !== 'tools') return source(`${name}/src/${door}.ts`);
  const ours = id.startsWith('.') && importer?.endsWith('.ts');
  return ours ? join(importer, '..', id.replace(/\.js$/, '.ts')) : null;
}

/** A module finds what lies beside it, although its code has moved. */
function inPlace(code, id) {
  if (!code.includes('import.meta.url')) return null;
  return { code: code.replaceAll('import.meta.url', JSON.stringify(pathToFileURL(id).href)), map: null };
}
