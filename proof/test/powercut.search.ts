import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type UsableDisks, usableDisks } from '../src/powercut/disk-kinds.js';
import { DISK_KINDS } from '../src/powercut/disks.js';
import { compileChildren } from './compiled.js';
import { cutOnDisk } from './cut-on-disk.js';

const PATIENCE_MS = 900_000;
const home = mkdtempSync(join(tmpdir(), 'seglog-powercut-'));
let usable: UsableDisks | undefined;

beforeAll(async () => {
  compileChildren();
  usable = await usableDisks(home);
  for (const [kind, problem] of Object.entries(usable.skipped)) console.log(`skipped ${kind}: ${problem}`);
}, PATIENCE_MS);
afterAll(() => rmSync(home, { recursive: true, force: true }));

const place = (): { home: string; shutdown: string } => ({ home, shutdown: usable?.shutdown ?? '' });

describe.each(DISK_KINDS)('on %s', (kind) => {
  test(
    'nothing acknowledged as synced is lost when the power is cut',
    async (context) => {
      context.skip(usable?.skipped[kind] !== undefined, usable?.skipped[kind]);
      const seed = Date.now() % 1_000_000;
      console.log(`${kind}: seed ${seed}`);
      const found = await cutOnDisk(kind, place(), {
        cycles: 20,
        seed,
        syncs: ['always', 'group:2ms'],
      });
      expect(found.faults).toEqual([]);
      expect(found).toMatchObject({ cycles: 20, lost: 0, phantoms: 0 });
      expect(found.acknowledged).toBeGreaterThan(0);
    },
    PATIENCE_MS,
  );

  test(
    'what was never synced is lost: the power is really cut',
    async (context) => {
      context.skip(usable?.skipped[kind] !== undefined, usable?.skipped[kind]);
      let lost = 0;
      for (let attempt = 0; attempt < 5 && lost === 0; attempt += 1) {
        const found = await cutOnDisk(kind, place(), {
          cycles: 1,
          seed: attempt,
          syncs: ['never'],
          onlySynced: false,
        });
        lost += found.lost;
      }
      expect(lost).toBeGreaterThan(0);
    },
    PATIENCE_MS,
  );
});
