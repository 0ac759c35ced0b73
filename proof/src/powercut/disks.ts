import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Kinds of file systems whose power is cut. */
export const DISK_KINDS = ['ext4', 'ext4-writeback', 'xfs'] as const;
export type DiskKind = (typeof DISK_KINDS)[number];

const IMAGE_BYTES = 512 * 1024 * 1024;
/** Seen from `src/` as well as from `dist/`. */
const SHUTDOWN_SOURCE = fileURLToPath(new URL('../../src/powercut/shutdown.c', import.meta.url));

const MAKE: Readonly<Record<DiskKind, readonly string[]>> = {
  ext4: ['mkfs.ext4', '-q', '-F'],
  'ext4-writeback': ['mkfs.ext4', '-q', '-F'],
  xfs: ['mkfs.xfs', '-q', '-f'],
};
const OPTIONS: Readonly<Record<DiskKind, string>> = {
  ext4: 'loop',
  'ext4-writeback': 'loop,data=writeback',
  xfs: 'loop',
};

/** Compiles the program that cuts the power into `directory`. Undefined where there is no C compiler. */
export function compileShutdown(directory: string): string | undefined {
  const program = join(directory, 'shutdown');
  return spawnSync('cc', ['-O1', '-o', program, SHUTDOWN_SOURCE]).status === 0 ? program : undefined;
}

/** Cuts the power of one disk, once. */
export interface PowerSwitch {
  cut(): Promise<void>;
  cancel(): Promise<void>;
}

/** A file system in a file, mounted in a private folder. Each is unmounted when the process exits, whatever happens. */
export class Disk {
  readonly mountPoint: string;
  readonly #kind: DiskKind;
  readonly #image: string;
  readonly #shutdown: string;
  readonly #atExit = (): void => this.unmount();
  #mounted = false;

  /** Makes an empty one in `directory`. Throws with what the system said if that is not possible here. */
  public constructor(kind: DiskKind, directory: string, shutdown: string) {
    this.#kind = kind;
    this.#shutdown = shutdown;
    this.#image = join(directory, `${kind}.image`);
    this.mountPoint = join(directory, `${kind}.mount`);
    mkdirSync(this.mountPoint, { recursive: true });
    writeFileSync(this.#image, '');
    truncateSync(this.#image, IMAGE_BYTES);
    run([...MAKE[kind], this.#image]);
    this.mount();
  }

  public mount(): void {
    run(['mount', '-o', OPTIONS[this.#kind], this.#image, this.mountPoint]);
    this.#mounted = true;
    process.once('exit', this.#atExit);
  }

  /**
   * Gets ready to cut the power. Once `cut` has resolved, nothing reaches the disk until its power is restored; `cancel`
   * lets it be.
   */
  public prepareCut(): PowerSwitch {
    const cutter = spawn(this.#shutdown, [this.mountPoint], { stdio: ['pipe', 'ignore', 'pipe'] });
    const complaints: Buffer[] = [];
    cutter.stderr.on('data', (chunk: Buffer) => complaints.push(chunk));
    const ended = once(cutter, 'close');
    return {
      async cut() {
        cutter.stdin.end('!');
        const [code] = await ended;
        if (code !== 0) throw new Error(`the power cannot be cut: ${Buffer.concat(complaints).toString()}`);
      },
      async cancel() {
        cutter.stdin.end();
        await ended;
      },
    };
  }

  public unmount(): void {
    if (!this.#mounted) return;
    this.#mounted = false;
    process.removeListener('exit', this.#atExit);
    // The loop device belongs to the mount: it goes with it.
    if (spawnSync('umount', [this.mountPoint]).status !== 0) run(['umount', '-l', this.mountPoint]);
  }

  /** Unmounts it, mounts it again, and lets the file system play back its journal. */
  public restorePower(): void {
    this.unmount();
    this.mount();
  }
}

function run(words: readonly string[]): void {
  const [command = '', ...rest] = words;
  const { status, error, stderr } = spawnSync(command, rest, { encoding: 'utf8' });
  if (status === 0) return;
  throw new Error(`${words.join(' ')}: ${error?.message ?? stderr.trim()}`);
}
