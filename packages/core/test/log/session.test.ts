import { describe, expect, test } from 'vitest';
import { MemoryDirectory, SystemClock } from '../../src/index.js';
import { SlotFile } from '../../src/journal/slot-file.js';
import { readSession, WriterSession } from '../../src/log/session.js';
import { checksum, fileBytes, putFile, seededRandom, snapshot } from '../journal/parts.js';

const parts = { clock: new SystemClock(), random: seededRandom(1), checksum };
const open = (directory: MemoryDirectory): Promise<WriterSession> => WriterSession.open(directory, parts);

describe('WriterSession', () => {
  test('raises the epoch at each open and on demand, and keeps the id of the root', async () => {
    const directory = new MemoryDirectory();
    expect(await readSession(directory, checksum)).toBeUndefined();
    const first = await open(directory);
    expect(first.previousClean).toBe(true);
    expect(await Promise.all([first.raiseEpoch(), first.raiseEpoch()])).toEqual([2, 3]);
    await first.close({ clean: false });
    const second = await open(directory);
    expect(second).toMatchObject({ epoch: 4, previousClean: false, rootId: first.rootId });
    await second.close({ clean: true });
    await second.close({ clean: true });
    expect(await readSession(directory, checksum)).toEqual({
      rootId: first.rootId,
      epoch: 4,
      clean: true,
      writesAhead: false,
    });
    const third = await open(directory);
    expect(third).toMatchObject({ previousClean: true });
    expect(await readSession(directory, checksum)).toMatchObject({ clean: false });
    await third.close({ clean: true });
    await expect(third.raiseEpoch()).rejects.toMatchObject({ code: 'LOG_CLOSED' });
  });

  test('remembers that writes go ahead of the logs, until a clean close says that none does', async () => {
    const directory = new MemoryDirectory();
    const first = await open(directory);
    await first.noteAhead();
    const noted = { epoch: 1, clean: false, writesAhead: true };
    expect(await readSession(directory, checksum)).toMatchObject(noted);
    const { generation } = await SlotFile.read(directory, 'SESSION', checksum);
    await first.noteAhead();
    expect(await SlotFile.read(directory, 'SESSION', checksum)).toMatchObject({ generation });
    await first.close({ clean: false });
    const second = await open(directory);
    expect(await readSession(directory, checksum)).toMatchObject({ ...noted, epoch: 2 });
    await second.close({ clean: true });
    expect(await readSession(directory, checksum)).toMatchObject({ clean: true, writesAhead: true });
    const third = await open(directory);
    third.endAhead();
    expect(await readSession(directory, checksum)).toMatchObject({ writesAhead: true });
    await third.close({ clean: true });
    expect(await readSession(directory, checksum)).toMatchObject({ clean: true, writesAhead: false });
    await expect(third.noteAhead()).rejects.toMatchObject({ code: 'LOG_CLOSED' });
  });

  test('excludes a second writer, and lets the next one in after close', async () => {
    const directory = new MemoryDirectory();
    const session = await open(directory);
    const before = await snapshot(directory);
    await expect(open(directory)).rejects.toMatchObject({ code: 'LOG_LOCKED' });
    expect(await snapshot(directory)).toEqual(before);
    await session.close({ clean: true });
    await (await open(directory)).close({ clean: true });
  });

  test('no damage of one slot brings an older epoch or a clean mark back', async () => {
    const directory = new MemoryDirectory();
    await (await open(directory)).close({ clean: true });
    const session = await open(directory);
    await session.close({ clean: false });
    const whole = await fileBytes(directory, 'SESSION');
    for (let byte = 0; byte < whole.length; byte += 1) {
      const flipped = whole.slice();
      flipped[byte] = (flipped[byte] ?? 0) ^ 0x10;
      await putFile(directory, 'SESSION', flipped);
      expect(await readSession(directory, checksum)).toMatchObject({ epoch: session.epoch, clean: false });
    }
  });

  test('a lost session of a root that holds data is corruption, and of an empty root a new beginning', async () => {
    const directory = new MemoryDirectory();
    await putFile(directory, 'SESSION', Uint8Array.of(1, 2, 3));
    await (await open(directory)).close({ clean: true });
    await directory.directory('catalog', { create: true });
    await directory.remove('SESSION');
    await expect(open(directory)).rejects.toMatchObject({ code: 'CORRUPT_METADATA' });
    await expect(readSession(directory, checksum)).rejects.toMatchObject({ code: 'CORRUPT_METADATA' });
  });

  test('a newer data root is refused before a byte is changed', async () => {
    const directory = new MemoryDirectory();
    const session = await open(directory);
    await session.close({ clean: true });
    const slots = new SlotFile(
      directory,
      { name: 'SESSION', checksum },
      await SlotFile.read(directory, 'SESSION', checksum),
    );
    await slots.write({ format: 2, something: 'else' }, { sync: true });
    const before = await snapshot(directory);
    await expect(open(directory)).rejects.toMatchObject({ code: 'UNSUPPORTED_FORMAT' });
    expect(await snapshot(directory)).toEqual(before);
  });
});
