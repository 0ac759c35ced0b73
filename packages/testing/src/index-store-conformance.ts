import assert from 'node:assert/strict';
import type { SegmentIndex } from '@seglog/core';
import * as fc from 'fast-check';
import { indexCrashCases } from './index-crash-conformance.js';
import { indexDamageCases } from './index-damage-conformance.js';
import { lookupCases } from './index-lookup-conformance.js';
import {
  type CreateIndexStore,
  expectRight,
  FIRST_POSITION,
  type FrameShape,
  frameShapes,
  freshSegment,
  type IndexCheck,
  IndexedSegment,
  type IndexStoreSupports,
  openIndex,
  storeOf,
} from './index-store-fixture.js';
import type { SuiteRunner } from './suite-runner.js';

/**
 * The exam of every {@link IndexStore}. An index may forget whatever it likes and must never lead a reader past what it
 * looks for. `supports` says what the store claims beyond that.
 */
export function indexStoreConformance(
  runner: SuiteRunner,
  name: string,
  create: CreateIndexStore,
  supports: IndexStoreSupports,
): void {
  const check: IndexCheck = (title, body) => {
    runner.test(title, async () => {
      const fixture = await create();
      try {
        await body(fixture);
      } finally {
        await fixture.dispose();
      }
    });
  };
  runner.describe(`IndexStore: ${name}`, () => {
    runner.describe('lookups', () => lookupCases(check));
    runner.describe('opening again', () => reopenCases(check, supports));
    runner.describe('sessions', () => sessionCases(check));
    runner.describe('removing', () => removeCases(check));
    runner.describe('damage', () => indexDamageCases(check, supports));
    if (supports.files) runner.describe('crashes', () => indexCrashCases(check));
  });
}

function reopenCases(check: IndexCheck, supports: IndexStoreSupports): void {
  check('what was flushed may be forgotten, and is never wrong', async (fixture) => {
    await fc.assert(
      fc.asyncProperty(frameShapes, frameShapes, fc.boolean(), async (shapes, later, sealed) => {
        const segment = freshSegment();
        segment.grow(shapes);
        const first = await openIndex(storeOf(fixture), segment);
        await first.flush(segment.endPosition);
        await first.close();
        segment.grow(later);
        const again = await openIndex(storeOf(fixture), segment, sealed);
        await expectRight(again, segment);
        await again.close();
      }),
    );
  });

  if (supports.keeps) {
    check('what was flushed is covered, with the same answers', async (fixture) => {
      await fc.assert(
        fc.asyncProperty(frameShapes, fc.boolean(), async (shapes, sealed) => {
          const segment = freshSegment();
          segment.grow(shapes);
          const first = await openIndex(storeOf(fixture), segment);
          const asked = segment.frames.map((frame) => frame.offset);
          const before = await Promise.all(asked.map(async (offset) => first.floor(offset)));
          await first.flush(segment.endPosition);
          await first.flush(segment.endPosition);
          await first.close();
          const { index, coveredUpTo } = await storeOf(fixture).open(segment.facts(sealed));
          assert.equal(coveredUpTo, segment.endPosition);
          assert.deepEqual(await Promise.all(asked.map(async (offset) => index.floor(offset))), before);
          await index.close();
        }),
      );
    });
  } else {
    check('nothing that was flushed is covered by entries', async (fixture) => {
      const segment = freshSegment();
      segment.grow(Array.from({ length: 50 }, () => ({ bytes: 300, gap: 0, count: 3, maxTimestampMs: 1 })));
      const first = await openIndex(storeOf(fixture), segment);
      await first.flush(segment.endPosition);
      await first.close();
      const { index } = await storeOf(fixture).open(segment.facts());
      assert.equal(await index.floor(Number.MAX_SAFE_INTEGER), FIRST_POSITION);
      await index.close();
    });
  }

  check('an index that reaches beyond the end of its segment is not believed', async (fixture) => {
    await fc.assert(
      fc.asyncProperty(frameShapes, fc.nat(30), frameShapes, async (shapes, kept, later) => {
        const segment = freshSegment();
        segment.grow(shapes);
        const first = await openIndex(storeOf(fixture), segment);
        await first.flush(segment.endPosition);
        await first.close();
        segment.cut(kept);
        const shorter = await openIndex(storeOf(fixture), segment);
        await expectRight(shorter, segment);
        await shorter.close();
        segment.grow(later);
        const again = await openIndex(storeOf(fixture), segment);
        await expectRight(again, segment);
        await again.close();
      }),
    );
  });

  check('closing twice is closing once, with and without a flush', async (fixture) => {
    const segment = freshSegment();
    segment.grow([{ bytes: 100, gap: 0, count: 3, maxTimestampMs: 1 }]);
    for (const flushed of [true, false]) {
      const index = await openIndex(storeOf(fixture), segment);
      if (flushed) await index.flush(segment.endPosition);
      await Promise.all([index.close(), index.close()]);
      await index.close();
    }
  });
}

/** One life of a log after the other: what is indexed, flushed, lost in a crash, cut off by recovery. */
function sessionCases(check: IndexCheck): void {
  const session = fc.record({
    lost: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.nat(10)),
    shapes: frameShapes,
    cut: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.nat(10)),
    flush: fc.boolean(),
    close: fc.boolean(),
  });
  check('whatever is flushed, lost and cut off over many sessions, answers stay right', async (fixture) => {
    await fc.assert(
      fc.asyncProperty(fc.array(session, { maxLength: 6 }), async (sessions) => {
        const segment = freshSegment();
        let keptUpTo = FIRST_POSITION;
        for (const { lost, shapes, cut, flush, close } of sessions) {
          segment.cut(Math.max(segment.frames.length - lost, 0));
          if (segment.endPosition < keptUpTo) keptUpTo = FIRST_POSITION;
          const index = await openIndex(storeOf(fixture), segment);
          await expectRight(index, segment);
          let from = segment.endPosition;
          segment.grow(shapes);
          segment.offer(index, from);
          if (flush) {
            await index.flush(segment.endPosition);
            keptUpTo = segment.endPosition;
          }
          segment.cut(Math.max(segment.frames.length - cut, 0));
          from = segment.endPosition;
          const cutsKept = from < keptUpTo;
          if (cutsKept) keptUpTo = FIRST_POSITION;
          index.truncateAfter(from);
          segment.grow(shapes.slice(0, 3));
          segment.offer(index, from);
          await expectRight(index, segment);
          if (close || cutsKept) await index.close();
        }
      }),
      { numRuns: 200 },
    );
  });

  check('a close waits until what was kept of frames that are gone is forgotten', async (fixture) => {
    const segment = freshSegment();
    segment.grow([178, 177, 145, 20].map(frameOf));
    const first = await openIndex(storeOf(fixture), segment);
    await first.flush(segment.endPosition);
    await first.close();
    const kept = segment.endPosition;
    const second = await openIndex(storeOf(fixture), segment);
    segment.cut(2);
    second.truncateAfter(segment.endPosition);
    await second.close();
    segment.grow([20, 20, 125, 300].map(frameOf));
    assert.ok(segment.endPosition > kept);
    const third = await openIndex(storeOf(fixture), segment);
    await expectRight(third, segment);
    await third.close();
  });

  check('segments and directories do not share their indexes', async (fixture) => {
    const { directory, factory } = fixture;
    const other = await directory.directory('other', { create: true });
    const segments = [1, 2, 3, 4].map((id) => new IndexedSegment({ id: 2 ** 40 + (id % 2) }));
    const indexes: SegmentIndex[] = [];
    for (const [at, segment] of segments.entries()) {
      const bytes = 100 + at * 37;
      segment.grow(Array.from({ length: 30 }, () => ({ bytes, gap: at, count: 1, maxTimestampMs: at })));
      indexes.push(await openIndex(factory(at < 2 ? directory : other), segment));
    }
    for (const [at, index] of indexes.entries()) {
      const segment = segments[at] as IndexedSegment;
      await expectRight(index, segment);
      await index.flush(segment.endPosition);
      await index.close();
    }
    for (const [at, segment] of segments.entries()) {
      const index = await openIndex(factory(at < 2 ? directory : other), segment);
      await expectRight(index, segment);
      await index.close();
    }
  });
}

function frameOf(bytes: number): FrameShape {
  return { bytes, gap: 0, count: 1, maxTimestampMs: 0 };
}

function removeCases(check: IndexCheck): void {
  check('what is removed is forgotten, and removing is idempotent', async (fixture) => {
    const store = storeOf(fixture);
    const segment = freshSegment();
    await store.remove(segment.facts());
    segment.grow(Array.from({ length: 50 }, () => ({ bytes: 300, gap: 0, count: 3, maxTimestampMs: 1 })));
    const index = await openIndex(store, segment);
    await index.flush(segment.endPosition);
    await index.close();
    await Promise.all([store.remove(segment.facts()), store.remove(segment.facts())]);
    await store.remove(segment.facts());
    for (const each of [store, storeOf(fixture)]) {
      const { index: again } = await each.open(segment.facts());
      assert.equal(await again.floor(Number.MAX_SAFE_INTEGER), FIRST_POSITION);
      await again.close();
    }
    assert.deepEqual(await fixture.directory.list(), []);
  });

  check('removing one index leaves the others', async (fixture) => {
    const store = storeOf(fixture);
    const [kept, removed] = [freshSegment(), freshSegment()];
    for (const segment of [kept, removed]) {
      segment.grow(Array.from({ length: 50 }, () => ({ bytes: 300, gap: 0, count: 3, maxTimestampMs: 1 })));
      const index = await openIndex(store, segment);
      await index.flush(segment.endPosition);
      await index.close();
    }
    const before = await store.open(kept.facts());
    await store.remove(removed.facts());
    const after = await store.open(kept.facts());
    assert.equal(after.coveredUpTo, before.coveredUpTo);
    await before.index.close();
    await after.index.close();
  });
}
