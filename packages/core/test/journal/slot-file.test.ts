import { describe, expect, test } from 'vitest';
import { MemoryDirectory } from '../../src/index.js';
import { type SlotContent, SlotFile } from '../../src/journal/slot-file.js';
import { checksum, fileBytes, putFile } from './parts.js';

const place = { name: 'MARK', checksum };
const NOTHING: SlotContent = { value: undefined, generation: 0, damaged: 0 };

async function written(count: number): Promise<MemoryDirectory> {
  const directory = new MemoryDirectory();
  const file = new SlotFile(directory, place, NOTHING);
  for (let value = 1; value <= count; value += 1) await file.write({ value }, { sync: value % 2 === 0 });
  await file.close();
  return directory;
}

describe('SlotFile', () => {
  test('is missing until it is written, then gives the newest value', async () => {
    expect(await SlotFile.read(new MemoryDirectory(), 'MARK', checksum)).toEqual(NOTHING);
    for (const count of [1, 2, 3, 8]) {
      const content = await SlotFile.read(await written(count), 'MARK', checksum);
      expect(content).toEqual({ value: { value: count }, generation: count, damaged: 0 });
    }
  });

  test('goes on after a reopen with the older slot', async () => {
    const directory = await written(3);
    const content = await SlotFile.read(directory, 'MARK', checksum);
    const file = new SlotFile(directory, place, content);
    await Promise.all([file.write('a', { sync: true }), file.write('b', { sync: true })]);
    await file.close();
    expect(await SlotFile.read(directory, 'MARK', checksum)).toMatchObject({ value: 'b', generation: 5 });
  });

  test('falls back to the other value at any flipped bit or cut, never to another one', async () => {
    const directory = await written(4);
    const whole = await fileBytes(directory, 'MARK');
    for (let byte = 0; byte < whole.length; byte += 1) {
      const flipped = whole.slice();
      flipped[byte] = (flipped[byte] ?? 0) ^ (1 << (byte & 7));
      for (const damaged of [flipped, whole.slice(0, byte)]) {
        await putFile(directory, 'MARK', damaged);
        const { value } = await SlotFile.read(directory, 'MARK', checksum);
        expect([undefined, { value: 3 }, { value: 4 }]).toContainEqual(value);
        if (damaged === flipped) expect(value).toBeDefined();
      }
    }
  });

  test('counts the slots that are damaged', async () => {
    const directory = await written(2);
    const whole = await fileBytes(directory, 'MARK');
    for (const at of [40, 4096 + 40]) whole[at] = (whole[at] ?? 0) ^ 1;
    await putFile(directory, 'MARK', whole);
    expect(await SlotFile.read(directory, 'MARK', checksum)).toEqual({
      value: undefined,
      generation: 0,
      damaged: 2,
    });
  });

  test('refuses a value that does not fit', async () => {
    const file = new SlotFile(new MemoryDirectory(), place, NOTHING);
    await expect(file.write('x'.repeat(2000), { sync: true })).rejects.toBeInstanceOf(RangeError);
  });
});
