import { expect, test } from 'vitest';
import { BufferPool } from '../../src/index.js';

test('lends the same buffers again, long ones and short ones', () => {
  const pool = new BufferPool({ bufferBytes: 64 * 1024, maxIdle: 1 });
  const long = pool.acquire();
  const short = pool.acquire(100);
  expect([long.length, short.length]).toEqual([64 * 1024, 16 * 1024]);
  pool.release(long);
  pool.release(short);
  expect(pool.acquire(16 * 1024)).toBe(short);
  expect(pool.acquire(16 * 1024 + 1)).toBe(long);
});

test('keeps no more than it was told to when nobody uses them', () => {
  const pool = new BufferPool({ bufferBytes: 64 * 1024, maxIdle: 1 });
  const long = [pool.acquire(), pool.acquire()];
  const short = Array.from({ length: 5 }, () => pool.acquire(1));
  for (const buffer of [...long, ...short]) pool.release(buffer);
  pool.release(new Uint8Array(100));
  expect(pool.acquire()).toBe(long[0]);
  expect(long).not.toContain(pool.acquire());
  const again = Array.from({ length: 5 }, () => pool.acquire(1));
  expect(again.filter((buffer) => short.includes(buffer))).toHaveLength(4);
});

test('a pool of short buffers has one size', () => {
  const pool = new BufferPool({ bufferBytes: 1024, maxIdle: 1 });
  expect([pool.acquire().length, pool.acquire(1).length]).toEqual([1024, 1024]);
});
