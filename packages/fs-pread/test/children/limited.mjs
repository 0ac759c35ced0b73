// Runs under a limit of the shell: `descriptors` opens more files than the process may, `bytes` writes more than a file may.
import { PreadDirectory } from '../../dist/index.js';

const [path, what] = process.argv.slice(2);
const directory = await PreadDirectory.open(path);
const told = what === 'descriptors' ? await manyFiles() : await longFile();
console.log(JSON.stringify(told));

async function manyFiles() {
  const readers = [];
  for (let at = 0; at < 1000; at += 1) {
    const file = await directory.create(`f${at}`);
    await file.write(0, [Uint8Array.of(at & 0xff)]);
    await file.close();
    readers.push(await directory.openReader(`f${at}`, { sealed: true, writtenBytes: () => 1 }));
  }
  const scratch = new Uint8Array(1);
  const wrong = [];
  for (const [at, reader] of readers.entries()) {
    if ((await reader.read(0, scratch))[0] !== (at & 0xff)) wrong.push(at);
  }
  await directory.sync();
  const lock = await directory.lock('LOCK');
  await lock[Symbol.asyncDispose]();
  return { wrong, listed: (await directory.list()).length, descriptors: directory.descriptors };
}

async function longFile() {
  const file = await directory.create('a');
  try {
    await file.write(0, [new Uint8Array(300_000).fill(7)]);
    return { code: 'none' };
  } catch (error) {
    const { sizeBytes } = file;
    await file.truncate(0);
    await file.write(0, [new Uint8Array(1000).fill(8)]);
    await file.sync();
    return { code: error.code, ...error.facts, sizeBytes, after: file.sizeBytes };
  }
}
