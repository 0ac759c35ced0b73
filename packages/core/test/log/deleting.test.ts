import { describe, expect, test } from 'vitest';
import { MemoryDirectory, syncNever } from '../../src/index.js';
import { allOf, contentOf, copyOf, filesOf, openOn, putFile, record } from './log-bench.js';

describe('deleting records', () => {
  test('the log start never goes beyond what is durable', async () => {
    const { log } = await openOn(new MemoryDirectory(), { parts: { syncPolicy: syncNever() } });
    for (let i = 0; i < 20; i++) await log.append([record(`v${i}`)]);
    expect(log.offsets().durable).toBe(0);
    await log.deleteRecordsBefore(15);
    const { logStart, durable } = log.offsets();
    expect(logStart).toBe(15);
    expect(durable).toBeGreaterThanOrEqual(15);
    await log.close();
  });
});

test('what is appended after the deleted records themselves were lost is found again', async () => {
  const one = await openOn(new MemoryDirectory());
  for (let i = 0; i < 20; i++) await one.log.append([record(`v${i}`)]);
  await one.log.deleteRecordsBefore(15);
  const left = await copyOf(one.root);
  const directory = await left.directory('log', { create: false });
  const [segment = ''] = await filesOf(directory, '.log');
  await putFile(directory, segment, (await contentOf(directory, segment)).subarray(0, 128));

  const two = await openOn(left);
  const { baseOffset } = await two.log.append([record('after')]);
  expect(baseOffset).toBe(15);
  const three = await openOn(await copyOf(left));
  expect(await allOf(three.log)).toEqual([[15, 'after']]);
  await three.log.close();
});
