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

test('longer ones are lent again as long as they are asked for', () => {
  const pool = new BufferPool({ bufferBytes: 64 * 1024, maxIdle: 1 });
  expect(pool.acquireLong(100).length).toBe(64 * 1024);
  const long = pool.acquireLong(100_000);
  expect(long.length).toBe(112_500);
  pool.release(long);
  expect(pool.acquireLong(112_500)).toBe(long);
  pool.release(long);
  const longer = pool.acquireLong(900_000);
  expect(longer === long).toBe(false);
  const others = [pool.acquireLong(900_000), pool.acquireLong(900_000)];
  for (const buffer of [longer, ...others]) pool.release(buffer);
  expect(pool.acquireLong(900_000) === others[0]).toBe(true);
  for (let i = 0; i < 64; i++) pool.release(pool.acquire());
  expect(pool.acquireLong(900_000) === longer).toBe(true);
  pool.release(longer);
  for (let i = 0; i < 65; i++) pool.release(pool.acquire());
  expect(pool.acquireLong(900_000) === longer).toBe(false);
});
