import { beforeAll, describe, expect, test } from 'vitest';
import { checkInvariants, directoryOf } from '../src/index.js';
import { flipBits } from './stores/flip-bits.js';
import { judgeStore } from './stores/judge-store.js';
import { type SmallStore, smallStores } from './stores/small-stores.js';

let stores: readonly SmallStore[];
beforeAll(async () => {
  stores = await smallStores();
});
const STRIDE = Number(process.env['SEGLOG_STRIDE'] ?? 97);

describe('a flipped bit', () => {
  test.each([0, 1, 2, 3])(
    'of small store %d never shows as a wrong byte or a silent loss',
    async (number) => {
      const store = stores[number];
      if (store === undefined) throw new Error('there are four stores');
      for (const mode of ['default', 'readonly', 'salvage', 'reader'] as const) {
        const verdict = await judgeStore(await directoryOf(store.image), store.known, mode, store);
        expect(verdict).toEqual({ met: 'whole', wrong: undefined });
      }
      expect((await checkInvariants(await directoryOf(store.image))).findings).toEqual([]);
      const report = await flipBits(store, STRIDE);
      expect(report.wrong).toEqual([]);
      expect(report.tried).toBeGreaterThan(100);
    },
  );
});
