// The workspaces of the repository, as the root package.json names them.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'));

function folders(root, pattern) {
  if (!pattern.endsWith('/*')) return [pattern];
  const parent = pattern.slice(0, -2);
  if (!existsSync(join(root, parent))) return [];
  return readdirSync(join(root, parent), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => `${parent}/${entry.name}`)
    .toSorted();
}

/**
 * Every workspace, with the files of its tests and of its searches, relative to its folder.
 *
 * @param {string} root
 * @returns {{ folder: string, path: string, manifest: any, tests: string[], searches: string[] }[]}
 */
export function workspaces(root) {
  return readJson(join(root, 'package.json'))
    .workspaces.flatMap((pattern) => folders(root, pattern))
    .filter((folder) => existsSync(join(root, folder, 'package.json')))
    .map((folder) => {
      const path = join(root, folder);
      const manifest = readJson(join(path, 'package.json'));
      const tests = filesIn(path, /\.(test|spec)\.[cm]?[jt]sx?$/);
      return { folder, path, manifest, tests, searches: filesIn(path, /\.search\.ts$/) };
    });
}

const generated = new Set(['node_modules', 'dist', 'reports', 'prebuilds', '.turbo']);

/** Files anywhere in a workspace: one that stands where the runner does not look must not be missed. */
function filesIn(path, pattern) {
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !generated.has(entry.name))
    .flatMap((entry) =>
      readdirSync(join(path, entry.name), { recursive: true }).map((name) => join(entry.name, name)),
    )
    .filter((file) => pattern.test(file))
    .toSorted();
}
