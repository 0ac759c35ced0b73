import { expect, test } from 'vitest';
import { Journal, MemoryDirectory, SeglogError } from '../../src/index.js';
import { restoreCurrent } from '../../src/journal/restore-current.js';
import { checksum, fileBytes, putFile, seededRandom, snapshot } from './parts.js';

const options = { prefix: 'MANIFEST', checksum, random: seededRandom(4) };
const restored = (directory: MemoryDirectory): Promise<string | undefined> =>
  restoreCurrent(directory, 'MANIFEST', checksum);

async function journal(): Promise<MemoryDirectory> {
  const directory = new MemoryDirectory();
  await (await Journal.create(directory, options, [{ edit: 1 }])).close();
  return directory;
}

test('a CURRENT that is lost or damaged names the only journal again, as it did', async () => {
  const directory = await journal();
  const before = await snapshot(directory);
  expect(await restored(directory)).toBeUndefined();
  expect(await snapshot(directory)).toEqual(before);
  await directory.remove('CURRENT');
  expect(await restored(directory)).toBe('MANIFEST-1');
  expect(await snapshot(directory)).toEqual(before);
  await putFile(directory, 'CURRENT', Uint8Array.of(1, 2, 3));
  expect(await restored(directory)).toBe('MANIFEST-1');
  expect(await snapshot(directory)).toEqual(before);
});

test('nothing is guessed: of two journals none is named, nor one whose header is damaged or that has another number', async () => {
  const whole = await journal();
  const bytes = await fileBytes(whole, 'MANIFEST-1');
  const damaged = bytes.slice();
  damaged[20] = (damaged[20] ?? 0) ^ 1;
  const wrecks: readonly Readonly<Record<string, Uint8Array>>[] = [
    {},
    { 'MANIFEST-1': bytes, 'MANIFEST-2': bytes },
    { 'MANIFEST-1': damaged },
    { 'MANIFEST-2': bytes },
  ];
  for (const files of wrecks) {
    const directory = new MemoryDirectory();
    for (const [name, content] of Object.entries(files)) await putFile(directory, name, content);
    const before = await snapshot(directory);
    expect(await restored(directory)).toBeUndefined();
    expect(await snapshot(directory)).toEqual(before);
  }
});

test('what cannot be read now, or only by a newer version, is an error and changes nothing', async () => {
  const failing = await journal();
  failing.openReader = () => Promise.reject(new SeglogError('STORAGE', 'the medium fails'));
  await expect(restored(failing)).rejects.toMatchObject({ code: 'STORAGE' });
  const newer = await journal();
  await newer.remove('CURRENT');
  const bytes = await fileBytes(newer, 'MANIFEST-1');
  bytes[9] = 2;
  await putFile(newer, 'MANIFEST-1', bytes);
  const before = await snapshot(newer);
  await expect(restored(newer)).rejects.toMatchObject({ code: 'UNSUPPORTED_FORMAT' });
  expect(await snapshot(newer)).toEqual(before);
});
