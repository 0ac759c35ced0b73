import { describe, expect, test } from 'vitest';
import { type AppendOptions, MemoryDirectory } from '../../src/index.js';
import { contentOf, copyOf, filesOf, openOn, putFile, record } from './log-bench.js';

const by = (sequence: number, id = 'p', epoch = 0): AppendOptions => ({ producer: { id, epoch, sequence } });

describe('what a log knows of its producers', () => {
  test('a snapshot of records that were truncated away is never believed again', async () => {
    const one = await openOn(new MemoryDirectory());
    for (let i = 0; i < 10; i++) await one.log.append([record(`v${i}`)], by(i));
    await one.log.roll();
    await one.log.truncateAfter(4);
    expect(await filesOf(one.directory, '.producers')).toEqual([]);
  });

  test('a snapshot beyond the end of the log is gone before the log grows over it', async () => {
    const one = await openOn(new MemoryDirectory());
    for (let i = 0; i < 10; i++) await one.log.append([record(`v${i}`)], by(i));
    await one.log.roll();
    const [snapshot = ''] = await filesOf(one.directory, '.producers');
    const content = await contentOf(one.directory, snapshot);
    await one.log.truncateAfter(4);
    const left = await copyOf(one.root);
    await putFile(await left.directory('log', { create: false }), snapshot, content);

    const two = await openOn(left);
    for (let i = 0; i < 7; i++) await two.log.append([record(`other ${i}`)]);
    const three = await openOn(await copyOf(left));
    expect(await three.log.append([record('v5')], by(5))).toMatchObject({ duplicate: false, baseOffset: 12 });
    await three.log.close();
  });
});
