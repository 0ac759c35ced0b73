import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'seglog-segmap-'));
const path = join(folder, 'file');
const BYTES = 100_000;
const content = Uint8Array.from({ length: BYTES }, (_, at) => at % 251);
let descriptor = -1;

interface Segmap {
  map(descriptor: unknown, bytes?: unknown): object;
  lend(handle: unknown, position: number, bytes: number): ArrayBuffer;
  recall(handle: unknown): void;
  unmap(handle: unknown): void;
}
const addonPath = createRequire(import.meta.url).resolve(
  `../prebuilds/${process.platform}-${process.arch}/segmap.node`,
);
const segmap = createRequire(import.meta.url)(addonPath) as Segmap;

const mapsOf = (name: string): number =>
  new Set(
    readFileSync('/proc/self/maps', 'utf8')
      .split('\n')
      .filter((line) => line.includes(name))
      .map((line) => line.split(' ')[0]),
  ).size;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Finalizers run some turns after the collection that found their objects. */
async function collected(name: string): Promise<number> {
  for (let round = 0; round < 20 && mapsOf(name) > 0; round += 1) {
    collectGarbage();
    await new Promise((resolve) => {
      setTimeout(resolve, 10);
    });
  }
  return mapsOf(name);
}

beforeAll(() => {
  writeFileSync(path, content);
  descriptor = openSync(path, 'r');
});
afterAll(() => {
  closeSync(descriptor);
  rmSync(folder, { recursive: true });
});

test('any part of a map can be lent, and shows the file', () => {
  const handle = segmap.map(descriptor, BYTES);
  for (const [position, bytes] of [
    [0, BYTES],
    [5000, 1],
    [BYTES - 1, 1],
  ] as const) {
    const view = new Uint8Array(segmap.lend(handle, position, bytes));
    expect(Buffer.compare(view, content.subarray(position, position + bytes))).toBe(0);
  }
  segmap.unmap(handle);
});

test('recall empties every view and keeps the map; it can be lent from again', () => {
  const handle = segmap.map(descriptor, BYTES);
  const views = [new Uint8Array(segmap.lend(handle, 0, 10)), new Uint8Array(segmap.lend(handle, 4096, 10))];
  segmap.recall(handle);
  expect(views.map((view) => view.length)).toEqual([0, 0]);
  expect(mapsOf(path)).toBe(1);
  expect(new Uint8Array(segmap.lend(handle, 7, 1))[0]).toBe(7);
  segmap.unmap(handle);
});

test('unmap unmaps at once, and a second time does nothing', () => {
  const handle = segmap.map(descriptor, BYTES);
  const view = new Uint8Array(segmap.lend(handle, 0, BYTES));
  expect(mapsOf(path)).toBe(1);
  segmap.unmap(handle);
  expect(mapsOf(path)).toBe(0);
  expect(view.length).toBe(0);
  segmap.unmap(handle);
  segmap.recall(handle);
  expect(() => segmap.lend(handle, 0, 1)).toThrow(RangeError);
});

describe('what cannot be mapped or lent is refused', () => {
  test.each([
    ['nothing', 0, 'EINVAL'],
    ['more than the file holds', BYTES + 1, 'EINVAL'],
    ['a negative size', -1, 'ERR_OUT_OF_RANGE'],
    ['half a byte', 0.5, 'ERR_OUT_OF_RANGE'],
    ['not a number', Number.NaN, 'ERR_OUT_OF_RANGE'],
    ['infinity', Number.POSITIVE_INFINITY, 'ERR_OUT_OF_RANGE'],
    ['an unsafe integer', 2 ** 53, 'ERR_OUT_OF_RANGE'],
    ['a text', '10', 'ERR_OUT_OF_RANGE'],
    ['a bigint', 10n, 'ERR_OUT_OF_RANGE'],
  ])('a map of %s', (_, bytes, code) => {
    expect(() => segmap.map(descriptor, bytes)).toThrow(expect.objectContaining({ code }));
  });

  test('a descriptor that is none, or of a directory', () => {
    const directory = openSync(folder, 'r');
    expect(() => segmap.map(directory, 1)).toThrow(expect.objectContaining({ code: 'ENODEV' }));
    closeSync(directory);
    expect(() => segmap.map(1_000_000, 1)).toThrow(expect.objectContaining({ code: 'EBADF' }));
    expect(() => segmap.map(2 ** 31, 1)).toThrow(RangeError);
    expect(() => segmap.map(descriptor)).toThrow(TypeError);
  });

  test('a part outside the map, an empty part, and one that Node could refuse', () => {
    const handle = segmap.map(descriptor, 1000);
    const parts: readonly (readonly [number, number])[] = [
      [0, 1001],
      [1000, 1],
      [999, 2],
      [0, 0],
      [2 ** 53 - 1, 1],
      [0, 2 ** 30 + 1],
    ];
    for (const [position, bytes] of parts)
      expect(() => segmap.lend(handle, position, bytes)).toThrow(RangeError);
    segmap.unmap(handle);
  });

  test('a handle that is not one', () => {
    for (const handle of [{}, null, 1, Object.create(segmap.map(descriptor, 1)), new ArrayBuffer(8)]) {
      expect(() => segmap.unmap(handle)).toThrow(TypeError);
      expect(() => segmap.recall(handle)).toThrow(TypeError);
      expect(() => segmap.lend(handle, 0, 1)).toThrow(TypeError);
    }
  });
});

test('maps that nobody holds any more go with the garbage', async () => {
  for (let round = 0; round < 200; round += 1) segmap.lend(segmap.map(descriptor, BYTES), 0, 100);
  expect(mapsOf(path)).toBeGreaterThan(0);
  expect(await collected(path)).toBe(0);
});

test('unmap is at once also when nobody looks at the buffers any more', () => {
  const handle = segmap.map(descriptor, BYTES);
  for (let round = 0; round < 10; round += 1) segmap.lend(handle, 0, BYTES);
  collectGarbage();
  segmap.unmap(handle);
  expect(mapsOf(path)).toBe(0);
});

test('a lent view keeps its map alive without the handle', async () => {
  const view = new Uint8Array(segmap.lend(segmap.map(descriptor, BYTES), 0, BYTES));
  await collected('nothing has this name');
  collectGarbage();
  expect(mapsOf(path)).toBe(1);
  expect(Buffer.compare(view, content)).toBe(0);
});

test('many maps and unmaps leave nothing behind', async () => {
  expect(await collected(path)).toBe(0);
  for (let round = 0; round < 20_000; round += 1) {
    const handle = segmap.map(descriptor, BYTES);
    segmap.lend(handle, 0, BYTES);
    if (round % 3 === 0) segmap.recall(handle);
    if (round % 3 === 1) segmap.lend(handle, 4096, 10);
    segmap.unmap(handle);
    if (round % 5000 === 0) collectGarbage();
  }
  expect(mapsOf(path)).toBe(0);
});

test('memory that was moved into another buffer stays mapped until that buffer is gone', async () => {
  let moved = movedAndUnmapped();
  collectGarbage();
  expect(moved === undefined || Buffer.compare(moved, content) === 0).toBe(true);
  moved = undefined;
  expect(await collected(path)).toBe(0);
});

function movedAndUnmapped(): Uint8Array | undefined {
  const handle = segmap.map(descriptor, BYTES);
  const moved = movedTo(segmap.lend(handle, 0, BYTES));
  segmap.unmap(handle);
  return moved;
}

/** Node 20 moves by a clone with transfer; later ones refuse that, and have `ArrayBuffer.prototype.transfer`. */
function movedTo(buffer: ArrayBuffer): Uint8Array | undefined {
  try {
    return new Uint8Array(structuredClone(buffer, { transfer: [buffer] }));
  } catch {
    const transfer: unknown = Reflect.get(buffer, 'transfer');
    return typeof transfer === 'function' ? new Uint8Array(transfer.call(buffer)) : undefined;
  }
}

test('workers map too, and what they leave behind goes with them', async () => {
  const code = `
    const { parentPort, workerData } = require('node:worker_threads');
    const segmap = require(workerData.addonPath);
    const kept = Array.from({ length: 10 }, () => segmap.map(workerData.descriptor, ${BYTES}));
    const views = kept.map((handle) => new Uint8Array(segmap.lend(handle, 0, ${BYTES})));
    segmap.unmap(kept[0]);
    globalThis.kept = [kept.slice(1, 5), views];
    parentPort.postMessage(views[9][250]);`;
  for (let round = 0; round < 4; round += 1) {
    const worker = new Worker(code, { eval: true, workerData: { addonPath, descriptor } });
    const [byte] = await Promise.all([
      new Promise((resolve) => {
        worker.once('message', resolve);
      }),
      new Promise((resolve) => {
        worker.once('exit', resolve);
      }),
    ]);
    expect(byte).toBe(250);
  }
  expect(await collected(path)).toBe(0);
});

test('a file that is cut under a map kills its reader: the reason for every guard', () => {
  const cut = join(folder, 'cut');
  writeFileSync(cut, content);
  const code = `
    const segmap = require(process.argv[1]);
    const fs = require('node:fs');
    const view = new Uint8Array(segmap.lend(segmap.map(fs.openSync(process.argv[2], 'r'), ${BYTES}), 0, ${BYTES}));
    fs.truncateSync(process.argv[2], 0);
    console.log('cut');
    console.log(view[${BYTES - 1}]);`;
  const child = spawnSync(process.execPath, ['-e', code, addonPath, cut], { encoding: 'utf8' });
  expect(child.stdout).toBe('cut\n');
  expect(child.signal).toBe('SIGBUS');
});

test('beyond 4 GiB a map shows what is there', () => {
  const sparse = openSync(join(folder, 'sparse'), 'w+');
  const position = 4 * 2 ** 30 + 12_345;
  writeSync(sparse, content, 0, 1000, position);
  const handle = segmap.map(sparse, position + 1000);
  const view = new Uint8Array(segmap.lend(handle, position, 1000));
  expect(Buffer.compare(view, content.subarray(0, 1000))).toBe(0);
  segmap.unmap(handle);
  closeSync(sparse);
});
