import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect, test } from 'vitest';
import { EXPECTED_FILE, GOLDEN_FOLDER, meetStore, plain } from '../golden/golden-store.js';
import { makeGolden } from '../golden/make-golden.js';

test('the golden corpus of data roots is written', async () => {
  const stores = await makeGolden();
  rmSync(GOLDEN_FOLDER, { recursive: true, force: true });
  for (const [name, image] of stores) {
    const expected = plain(await meetStore(image));
    for (const [path, bytes] of image) write(`${GOLDEN_FOLDER}/${name}/${path}`, bytes);
    write(`${GOLDEN_FOLDER}/${name}/${EXPECTED_FILE}`, `${JSON.stringify(expected, null, 1)}\n`);
  }
  expect(stores.size).toBeGreaterThan(15);
});

function write(path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}
