import { afterAll, expect, test } from 'vitest';
import { type CrashReport, enumerateCrashes, replayCrash, StudyCrew } from '../src/index.js';
import { toyStudy } from './toy/toy-study.js';

const module = new URL('./crew/toy-worker.mjs', import.meta.url);
const one = new StudyCrew(module, { workers: 1 });
const two = new StudyCrew(module, { workers: 2 });
afterAll(async () => {
  await Promise.all([one.close(), two.close()]);
});

const byBoth = <T>(search: (crew: StudyCrew) => Promise<T>): Promise<readonly [T, T]> =>
  Promise.all([search(one), search(two)]);

/** A report without what depends on the clock. */
const timeless = (report: CrashReport): CrashReport => ({ ...report, elapsedMs: 0, perSecond: 0 });

test('whatever the number of workers, the report is the same', async () => {
  const options = { depth: 2, seed: 5 };
  const reports = await byBoth((crew) => crew.enumerateCrashes('correct toy', options));
  expect(timeless(reports[0])).toEqual(timeless(reports[1]));
  const alone = await enumerateCrashes(toyStudy(), { ...options, depth: 1 });
  const shared = await two.enumerateCrashes('correct toy', { ...options, depth: 1 });
  expect(shared).toMatchObject({
    violations: [],
    aborted: false,
    states: alone.states,
    crashPoints: alone.crashPoints,
  });
  expect(shared.distinctStates).toBeGreaterThanOrEqual(alone.distinctStates);
});

test('walks and faults are spread over workers, too', async () => {
  const walks = { walks: 200, depth: 3, seed: 2 };
  const walked = await byBoth((crew) => crew.walkCrashes('correct toy', walks));
  expect(timeless(walked[0])).toEqual(timeless(walked[1]));
  expect(walked[0]).toMatchObject({ states: 600, violations: [] });
  const faults = await byBoth((crew) => crew.enumerateFaults('ack before sync', { maxViolations: 1 }));
  expect({ ...faults[0], elapsedMs: 0 }).toEqual({ ...faults[1], elapsedMs: 0 });
  expect(faults[0].violations).toHaveLength(1);
});

test('a violation that workers find is replayed without them', async () => {
  const found = await byBoth((crew) => crew.enumerateCrashes('ack before sync', { maxViolations: 2 }));
  expect(timeless(found[0])).toEqual(timeless(found[1]));
  const [violation] = found[0].violations;
  const again = await replayCrash(toyStudy('ack before sync'), violation?.replay ?? '');
  expect(again?.timeline).toBe(violation?.timeline);
});

test('a search that was ended goes on where it was', async () => {
  const whole = await two.enumerateCrashes('correct toy');
  const ending = new AbortController();
  const part = await two.enumerateCrashes(
    'correct toy',
    {},
    { signal: ending.signal, onProgress: (done) => (done === 5 ? ending.abort() : undefined) },
  );
  expect(part.aborted).toBe(true);
  const rest = await one.enumerateCrashes('correct toy', {}, { from: part.resumeAt });
  expect(part.states).toBeGreaterThan(0);
  expect(part.states + rest.states).toBe(whole.states);
  expect(rest.resumeAt).toBeUndefined();
});

test('what goes wrong in a worker is told to the caller', async () => {
  await expect(one.enumerateCrashes('no such study')).rejects.toThrow(
    'it has "correct toy", "ack before sync"',
  );
  const lost = new StudyCrew(new URL('./crew/nothing-here.mjs', import.meta.url), { workers: 1 });
  await expect(lost.enumerateCrashes('correct toy')).rejects.toThrow('nothing-here');
  await lost.close();
  expect(() => new StudyCrew(module, { workers: 0 })).toThrow(RangeError);
});

test('a study that takes its thread along leaves the crew fit for the next one', async () => {
  await expect(two.enumerateCrashes('fatal to its thread')).rejects.toThrow('exit code 3');
  await expect(two.enumerateCrashes('fatal to its thread')).rejects.toThrow('exit code 3');
  expect(await two.enumerateCrashes('correct toy')).toMatchObject({ violations: [], aborted: false });
});

test('a crew that was closed answers nobody', async () => {
  const crew = new StudyCrew(module, { workers: 1 });
  const [running, waiting] = [crew.enumerateCrashes('correct toy'), crew.enumerateCrashes('correct toy')];
  const both = Promise.allSettled([running, waiting]);
  await crew.close();
  expect((await both).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  await expect(crew.enumerateCrashes('correct toy')).rejects.toThrow('closed');
});
