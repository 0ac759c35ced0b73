import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Worker } from 'node:worker_threads';
import { PreadDirectory } from '@seglog/fs-pread';
import { expectCode, patternBytes } from '@seglog/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadMmapIo, MmapDirectory } from '../src/index.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;
const mapper = loadMmapIo();
const missing = 'mmap-io does not load in this Node';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'seglog-mmap-io-'));
  for (let at = 0; at < 20; at += 1) writeFileSync(join(root, `f${at}`), patternBytes(5000, at + 1));
});
afterEach(() => rmSync(root, { recursive: true }));

const maps = (): number =>
  new Set(
    readFileSync('/proc/self/maps', 'utf8')
      .split('\n')
      .filter((line) => line.includes(root))
      .map((line) => line.split(' ')[0]),
  ).size;

const sealed = { sealed: true, writtenBytes: () => 5000 };

test('a closed reader hands out nothing, though its map cannot be unmapped', async (context) => {
  if (mapper === undefined) {
    context.skip(missing);
    return;
  }
  const directory = new MmapDirectory(new PreadDirectory(root), { mapper });
  const reader = await directory.openReader('f1', sealed);
  expect(Buffer.from(await reader.read(0, new Uint8Array(10)))).toEqual(Buffer.from(patternBytes(10, 2)));
  await reader.close();
  await expectCode('LOG_CLOSED', async () => reader.read(0, new Uint8Array(1)));
  await directory.close();
});

test('maps that wait for the garbage collector count, so the bound holds for what is really mapped', async (context) => {
  if (mapper === undefined) {
    context.skip(missing);
    return;
  }
  const directory = new MmapDirectory(new PreadDirectory(root), { mapper, maxMaps: 4 });
  let most = 0;
  for (let round = 0; round < 100; round += 1) {
    const reader = await directory.openReader(`f${round % 20}`, sealed);
    most = Math.max(most, maps());
    const view = await reader.read(0, new Uint8Array(10));
    expect(Buffer.compare(view, patternBytes(10, (round % 20) + 1))).toBe(0);
    await reader.close();
  }
  expect(most).toBe(4);
  await directory.close();
});

test('after a collection there is room again', async (context) => {
  if (mapper === undefined) {
    context.skip(missing);
    return;
  }
  const directory = new MmapDirectory(new PreadDirectory(root), { mapper, maxMaps: 2 });
  for (const name of ['f0', 'f1', 'f2', 'f3']) await (await directory.openReader(name, sealed)).close();
  for (let round = 0; round < 50 && maps() > 0; round += 1) {
    collectGarbage();
    await new Promise((resolve) => {
      setTimeout(resolve, 10);
    });
  }
  expect(maps()).toBe(0);
  const reader = await directory.openReader('f5', sealed);
  expect(maps()).toBe(1);
  await reader.close();
  await directory.close();
});

test('it does not load in a worker: the reason why segmap comes first', async (context) => {
  if (mapper === undefined) {
    context.skip(missing);
    return;
  }
  const path = createRequire(import.meta.url).resolve('mmap-io');
  const code = `
    const { parentPort } = require('node:worker_threads');
    try { require(${JSON.stringify(path)}); parentPort.postMessage('loads'); }
    catch (error) { parentPort.postMessage(error.code); }`;
  const worker = new Worker(code, { eval: true });
  const answer = await new Promise((resolve) => {
    worker.once('message', resolve);
  });
  expect(answer).toBe('ERR_DLOPEN_FAILED');
});
