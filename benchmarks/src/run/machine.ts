import { readFile, statfs } from 'node:fs/promises';
import { arch, availableParallelism, cpus, loadavg, platform, release, totalmem } from 'node:os';

/** Where a run took place: what its absolute numbers depend on. */
export interface MachineFacts {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly system: string;
  readonly node: string;
  /** Of the directory that the data was in; `tmpfs` means that nothing was ever durable. */
  readonly fileSystem: string;
  /** Processes that wanted a core in the minute before the run: above the number of cores, times are too long. */
  readonly loadBefore: number;
}

export async function machineFacts(directory: string): Promise<MachineFacts> {
  return {
    cpu: cpus()[0]?.model.trim() || 'unknown',
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${platform()} ${arch()} ${release()}`,
    node: process.version,
    fileSystem: await fileSystemOf(directory),
    loadBefore: loadavg()[0] ?? 0,
  };
}

/** Numbers that Linux gives to file systems; those of the ext family share one. */
const MAGIC: Readonly<Record<number, string>> = {
  61267: 'ext',
  16914836: 'tmpfs',
  1481003842: 'xfs',
  2435016766: 'btrfs',
  2035054128: 'overlay',
  801189825: 'zfs',
  26985: 'nfs',
};

/** The type by name: from the table of mounts where there is one, else from the file system's number. */
export async function fileSystemOf(directory: string): Promise<string> {
  const table = await readFile('/proc/self/mountinfo', 'utf8').catch(() => '');
  const { type } = await statfs(directory);
  return mountedType(table, directory) ?? MAGIC[type] ?? `type 0x${type.toString(16)}`;
}

/** The type of the innermost mount that holds the path, in a table as `/proc/self/mountinfo` has it. */
export function mountedType(table: string, path: string): string | undefined {
  const mounts = table.split('\n').flatMap((line) => {
    const [mount, rest] = line.split(' - ');
    const point = mount?.split(' ')[4];
    const type = rest?.split(' ')[0];
    return point === undefined || type === undefined || !isInside(path, point) ? [] : [{ point, type }];
  });
  // Of two mounts on one point the later one is seen.
  return mounts.toSorted((a, b) => a.point.length - b.point.length).at(-1)?.type;
}

function isInside(path: string, point: string): boolean {
  return path === point || path.startsWith(point.endsWith('/') ? point : `${point}/`);
}
