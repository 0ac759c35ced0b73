import { expectBytes, failureOf, patternBytes } from '@seglog/testing';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readFully, readFullySync, writeFully } from '../src/transfer.js';
import { faultyCalls, osError } from './faulty-calls.js';

/** A medium in memory that takes and gives as much at a time as `steps` say, and is interrupted where a step is 0. */
function stingyMedium(bytes: Uint8Array, steps: readonly number[]) {
  const asked = { calls: 0, mostChunks: 0, mostBytes: 0 };
  const allowed = (): number => {
    const step = steps[asked.calls % steps.length] ?? 1;
    asked.calls += 1;
    if (step === 0) throw osError(asked.calls % 2 === 0 ? 'EINTR' : 'EAGAIN');
    return step;
  };
  const fill = (target: Uint8Array, position: number): number => {
    const part = bytes.subarray(position, position + Math.min(target.length, allowed()));
    target.set(part);
    return part.length;
  };
  const calls = faultyCalls({
    write: async (_, chunks, position) => {
      const all = Buffer.concat(chunks);
      asked.mostChunks = Math.max(asked.mostChunks, chunks.length);
      asked.mostBytes = Math.max(asked.mostBytes, all.length);
      const count = Math.min(all.length, allowed());
      bytes.set(all.subarray(0, count), position);
      return count;
    },
    read: async (_, target, position) => fill(target, position),
    readSync: (_, target, position) => fill(target, position),
  });
  return { calls, asked };
}

const steps = fc
  .array(
    fc.oneof(
      { weight: 1, arbitrary: fc.constant(0) },
      { weight: 4, arbitrary: fc.integer({ min: 1, max: 700 }) },
    ),
    {
      minLength: 1,
      maxLength: 20,
    },
  )
  .filter((list) => list.some((step) => step > 0));

describe('a transfer is whole', () => {
  test('however little is taken at once', async () => {
    const chunks = fc.array(fc.uint8Array({ maxLength: 900 }), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(chunks, steps, fc.nat(50), async (list, stingy, position) => {
        const all = Buffer.concat(list);
        const medium = new Uint8Array(all.length + 100);
        await writeFully(stingyMedium(medium, stingy).calls, 3, position, list);
        const expected = new Uint8Array(all.length + 100);
        expected.set(all, position);
        expectBytes(medium, expected);
      }),
    );
  });

  test('however little is given at once, and short only at the end', async () => {
    await fc.assert(
      fc.asyncProperty(steps, fc.nat(2500), fc.nat(2500), async (stingy, position, length) => {
        const content = patternBytes(2000);
        const expected = content.subarray(position, position + length);
        const target = new Uint8Array(length);
        const count = await readFully(stingyMedium(content, stingy).calls, 3, position, target);
        expectBytes(target.subarray(0, count), expected);
        const again = readFullySync(stingyMedium(content, stingy).calls, 3, position, target);
        expectBytes(target.subarray(0, again), expected);
      }),
      // More interruptions than are borne in a row, and never two in a row.
      { examples: [[[1, 0], 0, 1500]] },
    );
  });

  test('in calls of at most 1,024 chunks and 64 MiB', async () => {
    const many = Array.from({ length: 3000 }, () => patternBytes(2));
    const medium = stingyMedium(new Uint8Array(6000), [9000]);
    await writeFully(medium.calls, 3, 0, many);
    expect(medium.asked).toMatchObject({ calls: 3, mostChunks: 1024 });

    const large = patternBytes(1024 * 1024);
    const heavy = stingyMedium(new Uint8Array(130 * large.length), [2 ** 31]);
    await writeFully(heavy.calls, 3, 0, [large, ...Array.from({ length: 128 }, () => large)]);
    expect(heavy.asked).toMatchObject({ calls: 3, mostBytes: 64 * large.length });
  });
});

describe('a transfer that cannot be whole rejects', () => {
  test('when the medium takes no byte', async () => {
    const calls = faultyCalls({ write: async () => 0 });
    expect(await failureOf(() => writeFully(calls, 3, 0, [patternBytes(1)]))).toMatchObject({
      code: 'EIO',
    });
  });

  test('when the medium is never ready, after finitely many calls', async () => {
    let made = 0;
    const interrupted = (): never => {
      made += 1;
      throw osError('EAGAIN');
    };
    const calls = faultyCalls({
      write: async () => interrupted(),
      read: async () => interrupted(),
      readSync: interrupted,
    });
    const target = new Uint8Array(5);
    for (const call of [
      () => writeFully(calls, 3, 0, [target]),
      () => readFully(calls, 3, 0, target),
      () => readFullySync(calls, 3, 0, target),
    ]) {
      made = 0;
      expect(await failureOf(call)).toMatchObject({ code: 'EAGAIN' });
      expect(made).toBeGreaterThan(100);
    }
  });

  test('at a position that Node would take for the cursor', async () => {
    for (const position of [Number.NaN, 2 ** 53, 0.5]) {
      const error = await failureOf(() => writeFully(faultyCalls({}), 3, position, [patternBytes(1)]));
      expect(error).toMatchObject({ name: 'InvariantError' });
    }
  });
});
