import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import {
  expectRight,
  FIRST_POSITION,
  frameShapes,
  freshSegment,
  type IndexCheck,
  openIndex,
  storeOf,
} from './index-store-fixture.js';

/** What an index answers while it grows and shrinks. */
export function lookupCases(check: IndexCheck): void {
  check('a store and its answers have a name and bounds', async (fixture) => {
    const store = storeOf(fixture);
    assert.match(store.name, /^[\w.:-]+$/);
    const index = await openIndex(store, freshSegment());
    for (const asked of [0, 1000, Number.MAX_SAFE_INTEGER]) {
      assert.equal(await index.floor(asked), FIRST_POSITION);
      assert.equal(await index.floorByTime(asked), FIRST_POSITION);
    }
    await index.close();
  });

  check('an answer never skips what is looked for', async (fixture) => {
    const store = storeOf(fixture);
    await fc.assert(
      fc.asyncProperty(frameShapes, async (shapes) => {
        const segment = freshSegment();
        const { index, coveredUpTo } = await store.open(segment.facts());
        assert.equal(coveredUpTo, FIRST_POSITION);
        segment.grow(shapes);
        segment.offer(index, FIRST_POSITION);
        await expectRight(index, segment);
        await index.close();
      }),
    );
  });

  check('after a truncation the frames that took the place are found', async (fixture) => {
    const store = storeOf(fixture);
    await fc.assert(
      fc.asyncProperty(frameShapes, fc.nat(30), frameShapes, async (shapes, kept, later) => {
        const segment = freshSegment();
        const { index } = await store.open(segment.facts());
        segment.grow(shapes);
        segment.offer(index, FIRST_POSITION);
        segment.cut(kept);
        index.truncateAfter(segment.endPosition);
        await expectRight(index, segment);
        const from = segment.endPosition;
        segment.grow(later);
        segment.offer(index, from);
        await expectRight(index, segment);
        await index.close();
      }),
    );
  });

  check('lookups beside appends are answered from before or after them', async (fixture) => {
    const segment = freshSegment();
    const { index } = await storeOf(fixture).open(segment.facts());
    const shape = { bytes: 100, gap: 0, count: 1, maxTimestampMs: 5 };
    const answers: Promise<number>[] = [];
    for (let round = 0; round < 200; round += 1) {
      const from = segment.endPosition;
      answers.push(Promise.resolve(index.floor(1000 + round)));
      segment.grow([shape]);
      segment.offer(index, from);
    }
    for (const [round, position] of (await Promise.all(answers)).entries()) {
      assert.ok(position >= FIRST_POSITION && position <= FIRST_POSITION + round * 100, `round ${round}`);
    }
    await index.close();
  });

  check('an index of very many entries still leads nobody astray', async (fixture) => {
    const { index } = await storeOf(fixture).open(freshSegment().facts());
    const count = 300_000;
    for (let at = 0; at < count; at += 1) {
      index.append({ offset: 1000 + at * 2, position: FIRST_POSITION + at * 30, maxTimestampMs: at - 1 });
    }
    for (const at of [0, 1, 77, 131_071, 131_072, 262_145, count - 1]) {
      for (const position of [await index.floor(1000 + at * 2), await index.floorByTime(at)]) {
        assert.equal((position - FIRST_POSITION) % 30, 0);
        assert.ok(position <= FIRST_POSITION + at * 30, `entry ${at}`);
      }
    }
    await index.close();
  });
}
