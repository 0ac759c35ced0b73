import { describe, expect, test } from 'vitest';
import { MemoryDirectory } from '../../src/index.js';
import { openOn, record } from './log-bench.js';

describe('reading', () => {
  test('a scan up to something that is no offset is refused', async () => {
    const { log } = await openOn(new MemoryDirectory());
    await log.append([record('a')]);
    for (const to of [Number.NaN, -1, 0.5, 2 ** 53]) {
      await expect(log.scan(0, () => undefined, { to })).rejects.toThrow(RangeError);
    }
    await log.close();
  });

  test('a scan that is aborted under way rejects before it has seen everything', async () => {
    const { log } = await openOn(new MemoryDirectory());
    for (let i = 0; i < 50; i++) await log.append([record(`v${i}`)]);
    const control = new AbortController();
    let seen = 0;
    const scan = log.scan(
      0,
      () => {
        seen += 1;
        control.abort(new Error('enough'));
      },
      { signal: control.signal },
    );
    await expect(scan).rejects.toThrow('enough');
    expect(seen).toBeLessThan(50);
    await log.close();
  });

  test('headers count as payload when a read is bounded in bytes', async () => {
    const { log } = await openOn(new MemoryDirectory());
    const headers = [{ name: 'trace', value: new Uint8Array(1000) }];
    await log.append(Array.from({ length: 10 }, () => ({ value: null, headers })));
    expect((await log.read(0, { maxBytes: 2500 })).records.length).toBe(2);
    expect((await log.read(0, { maxBytes: 0 })).records.length).toBe(1);
    await log.close();
  });
});
