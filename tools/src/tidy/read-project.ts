import { execFileSync } from 'node:child_process';
import { lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Project, type ProjectFile } from './project.js';

/** The project in a working copy: all files that git tracks or would track, as they are on disk now. */
export function readProject(root: string): Project {
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  return new Project([...new Set(listed.split('\0'))].flatMap((path) => readText(root, path)));
}

/** One text file; nothing for a file that is deleted, a link, or binary. */
function readText(root: string, path: string): readonly ProjectFile[] {
  if (path === '') return [];
  const facts = lstatSync(join(root, path), { throwIfNoEntry: false });
  if (!facts?.isFile()) return [];
  const bytes = readFileSync(join(root, path));
  if (bytes.includes(0)) return [];
  return [{ path, text: bytes.toString('utf8') }];
}
