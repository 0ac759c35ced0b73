import { expect, test } from 'vitest';
import { MemoryDirectory } from '../../src/index.js';
import { allOf, closeCleanly, openOn, record } from './log-bench.js';

test('segments that were sealed without a record are rewritten like all others', async () => {
  const root = new MemoryDirectory();
  const one = await openOn(root);
  await one.log.roll();
  await one.log.append([record('a')]);
  await one.log.roll();
  await one.log.roll();
  const segments = (): readonly { readonly sealed: boolean }[] => one.log.maintenance.segments();
  const [empty, full] = one.log.maintenance.segments();
  if (empty === undefined || full === undefined) throw new Error('there are four segments');

  await one.log.maintenance.rewrite([empty], () => true);
  await one.log.maintenance.rewrite([full], () => true);
  const last = one.log.maintenance
    .segments()
    .filter(({ sealed }) => sealed)
    .at(-1);
  if (last === undefined) throw new Error('there are sealed segments');
  await one.log.maintenance.rewrite([last], () => true);

  expect(segments().map(({ sealed }) => sealed)).toEqual([true, true, true, false]);
  await one.log.append([record('b')]);
  const expected = await allOf(one.log);
  expect(expected).toHaveLength(2);
  await closeCleanly(one);
  const again = await openOn(root);
  expect(await allOf(again.log)).toEqual(expected);
  await closeCleanly(again);
});
