import type { SimulatedNodeFs } from '@seglog/testing';
import { openJsonFile } from './json-file.js';
import type { StoreUnderStudy } from './store-under-study.js';

/** What one writes first. */
export const plainWriteFile: StoreUnderStudy = {
  name: '`writeFile` of `node:fs`',
  version: 'for comparison',
  used: 'the whole state as JSON, written over the old one at each set',
  promise: 'Node: none; `flush` is an option, off by default.',
  prepare: async () => async (room) =>
    openJsonFile(room.fs, (path, data) => room.fs.promises.writeFile(path, data)),
};

/** What one has to write: shows that the measure can be met through the same facade. */
export const carefulWriteFile: StoreUnderStudy = {
  name: 'temporary file, fsync, rename, fsync of the directory',
  version: 'for comparison',
  used: 'the whole state as JSON, one set after the other, by twenty lines of `node:fs`',
  promise: 'POSIX: a file is durable by its fsync, its name by that of its directory.',
  prepare: async () => async (room) => {
    let last: Promise<void> = Promise.resolve();
    return openJsonFile(room.fs, (path, data) => {
      last = last.then(() => replaceFile(room.fs, path, data));
      return last;
    });
  },
};

async function replaceFile({ promises }: SimulatedNodeFs, path: string, data: string): Promise<void> {
  const next = `${path}.next`;
  await promises.writeFile(next, data, { flush: true });
  await promises.rename(next, path);
  const directory = await promises.open('/', 'r');
  await directory.sync();
  await directory.close();
}
