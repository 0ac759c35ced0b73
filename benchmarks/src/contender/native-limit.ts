import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { RateLimits } from '../measure/rate.js';
import { KEY_BYTES } from './record-block.js';

const SOURCE = fileURLToPath(new URL('../../native/raw-limit.c', import.meta.url));
const run = promisify(execFile);

/** What the program can be asked for; `native/raw-limit.c` says what each of them does and prints. */
export type NativeWork = 'append' | 'durable' | 'scan' | 'lookup' | 'recover' | 'write' | 'sync' | 'copy';

export interface NativeTask {
  /** Exists; the program's file in it is removed again. */
  readonly directory: string;
  readonly rate: RateLimits;
  readonly valueBytes: number;
  /** Records that are read. Default 0. */
  readonly records?: number;
  /** Records of one write. Default 100. */
  readonly batch?: number;
}

/** The program in C that does the work of a plain log: what could be had without JavaScript. */
export class NativeLimit {
  readonly #program: string;

  private constructor(program: string) {
    this.#program = program;
  }

  /** Compiled into `directory`, which exists. Rejects where there is no compiler, or the processor has no crc32c. */
  public static async compile(directory: string): Promise<NativeLimit> {
    const program = join(directory, 'raw-limit');
    await run('cc', ['-O3', '-march=native', '-o', program, SOURCE]);
    return new NativeLimit(program);
  }

  /** Rejects when the program fails, with what it says. */
  public async measure(work: NativeWork, task: NativeTask): Promise<number> {
    const { directory, rate, valueBytes, records = 0, batch = 100 } = task;
    const seconds = rate.warmUp + rate.maxTime;
    const numbers = [KEY_BYTES, valueBytes, records, batch, seconds];
    const { stdout } = await run(this.#program, [work, directory, ...numbers.map(String)]);
    return Number(stdout);
  }
}
