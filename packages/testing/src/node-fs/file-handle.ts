import type { Kernel } from '../simulated/kernel.js';
import type { FsCalls } from './fs-calls.js';
import { bytesOf, type FsData } from './fs-data.js';
import type { FsStats } from './fs-stats.js';
import { type FsSteps, runSteps } from './fs-step.js';

/** What `fs.promises.open` resolves with. */
export class SimulatedFileHandle {
  public readonly fd: number;
  readonly #calls: FsCalls;
  readonly #kernel: Kernel;
  #closed = false;

  public constructor(fd: number, { calls, kernel }: { readonly calls: FsCalls; readonly kernel: Kernel }) {
    this.fd = fd;
    this.#calls = calls;
    this.#kernel = kernel;
  }

  public async read(
    buffer: Uint8Array,
    ...rest: readonly unknown[]
  ): Promise<{ readonly bytesRead: number; readonly buffer: Uint8Array }> {
    return { bytesRead: await this.#run(this.#calls.read(this.fd, buffer, ...rest)), buffer };
  }

  public async write(
    data: FsData,
    ...rest: readonly unknown[]
  ): Promise<{ readonly bytesWritten: number; readonly buffer: FsData }> {
    return { bytesWritten: await this.#run(this.#calls.write(this.fd, data, ...rest)), buffer: data };
  }

  /** From the present position on, as Node does. */
  public async writeFile(data: FsData): Promise<void> {
    await this.#run(this.#calls.write(this.fd, bytesOf(data)));
  }

  public appendFile(data: FsData): Promise<void> {
    return this.writeFile(data);
  }

  public sync(): Promise<void> {
    return this.#run(this.#calls.fsync(this.fd));
  }

  public datasync(): Promise<void> {
    return this.#run(this.#calls.fdatasync(this.fd));
  }

  public truncate(length = 0): Promise<void> {
    return this.#run(this.#calls.ftruncate(this.fd, length));
  }

  public stat(): Promise<FsStats> {
    return this.#run(this.#calls.fstat(this.fd));
  }

  public async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#run(this.#calls.close(this.fd));
  }

  public [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #run<T>(steps: FsSteps<T>): Promise<T> {
    return runSteps(this.#kernel, steps);
  }
}
