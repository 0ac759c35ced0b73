import { readFileSync, realpathSync } from 'node:fs';

const MOUNTS = '/proc/self/mountinfo';

/** The type of the file system that a path lies on, as it is mounted: `ext4`, `xfs`, `nfs4`; undefined where nothing tells. */
export function fileSystemType(path: string): string | undefined {
  try {
    return typeOfMount(readFileSync(MOUNTS, 'latin1'), realpathSync(path));
  } catch {
    return undefined;
  }
}

/**
 * The mount that a path is inside of, of those that `mountinfo` lists: the one with the longest mount point, and the last of
 * those with the same. A line is `id parent device root point options [optional]* - type source options`, each byte of it a
 * character (proc_pid_mountinfo(5)).
 */
export function typeOfMount(mounts: string, path: string): string | undefined {
  let [longest, type]: [number, string | undefined] = [0, undefined];
  for (const line of mounts.split('\n')) {
    const [before = '', after = ''] = line.split(' - ');
    const point = unescaped(before.split(' ')[4] ?? '');
    if (point.length < longest || !isInside(path, point)) continue;
    longest = point.length;
    type = after.split(' ')[0];
  }
  return type;
}

function isInside(path: string, point: string): boolean {
  if (point === '') return false;
  return path === point || path.startsWith(point.endsWith('/') ? point : `${point}/`);
}

/** Names are bytes, of which each is a character here; blanks among them are three octal digits. */
function unescaped(text: string): string {
  const bytes = text.replaceAll(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
  return Buffer.from(bytes, 'latin1').toString();
}
