import * as fs from 'node:fs';
import { promisify } from 'node:util';

/** The calls to the operating system that files are made of. An object, so that a test can make each of them fail. */
export interface FileCalls {
  open(path: string, flags: number, mode: number): Promise<number>;
  openSync(path: string, flags: number): number;
  /** Never waits for the medium. */
  fstat(descriptor: number): fs.BigIntStats;
  /** Bytes read at `position` into `target`; 0 at the end of the file. May be short. */
  read(descriptor: number, target: Uint8Array, position: number): Promise<number>;
  readSync(descriptor: number, target: Uint8Array, position: number): number;
  /** Bytes written at `position`. May be short. At most 1,024 chunks. */
  write(descriptor: number, chunks: readonly Uint8Array[], position: number): Promise<number>;
  writeSync(descriptor: number, chunks: readonly Uint8Array[], position: number): number;
  fdatasync(descriptor: number): Promise<void>;
  fsync(descriptor: number): Promise<void>;
  ftruncate(descriptor: number, sizeBytes: number): Promise<void>;
  close(descriptor: number): Promise<void>;
  closeSync(descriptor: number): void;
}

const open = promisify(fs.open);
const read = promisify(fs.read);
const write = promisify(fs.write);
const ftruncate = promisify(fs.ftruncate);
const writev = promisify(fs.writev);

export const nodeFileCalls: FileCalls = {
  open: (path, flags, mode) => open(path, flags, mode),
  openSync: (path, flags) => fs.openSync(path, flags),
  fstat: (descriptor) => fs.fstatSync(descriptor, { bigint: true }),
  read: async (descriptor, target, position) => {
    const { bytesRead } = await read(descriptor, target, 0, target.length, position);
    return bytesRead;
  },
  readSync: (descriptor, target, position) => fs.readSync(descriptor, target, 0, target.length, position),
  write: async (descriptor, chunks, position) => {
    const [only] = chunks;
    if (chunks.length === 1 && only !== undefined) {
      return (await write(descriptor, only, 0, only.length, position)).bytesWritten;
    }
    return (await writev(descriptor, chunks, position)).bytesWritten;
  },
  writeSync: (descriptor, chunks, position) => {
    const [only] = chunks;
    if (chunks.length === 1 && only !== undefined) {
      return fs.writeSync(descriptor, only, 0, only.length, position);
    }
    return fs.writevSync(descriptor, chunks, position);
  },
  fdatasync: promisify(fs.fdatasync),
  fsync: promisify(fs.fsync),
  ftruncate: (descriptor, sizeBytes) => ftruncate(descriptor, sizeBytes),
  close: promisify(fs.close),
  closeSync: (descriptor) => fs.closeSync(descriptor),
};

/** Files are synced on the calling thread: no way through a thread of the pool, and nothing else happens meanwhile. */
export const blockingSyncCalls: FileCalls = {
  ...nodeFileCalls,
  fdatasync: async (descriptor) => fs.fdatasyncSync(descriptor),
};
