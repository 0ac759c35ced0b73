import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { endOfChild } from '../src/child/run-child.js';
import type { Plan } from '../src/kill9/plan.js';
import { Victims } from '../src/kill9/victims.js';

const directory = mkdtempSync(join(tmpdir(), 'seglog-children-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const PLAN: Plan = {
  seed: 1,
  cycle: 1,
  task: 'load',
  engine: { directory, reader: 'pread', codec: 'batch', sync: 'always' },
  ledger: join(directory, 'ledger'),
  topics: [],
  closeAfterMs: 1,
};

test('a child that ends before it has read its plan is told by its end', async () => {
  const { end } = await endOfChild('no/such-program', { long: 'x'.repeat(1_000_000) });
  expect(end).toBe(1);
});

test('a child that ended while it waited for its turn is a complaint, not a wait without end', async () => {
  const program = join(directory, 'child.mjs');
  writeFileSync(program, "process.stderr.write('no memory'); process.exitCode = 3;");
  const victims = new Victims(undefined, program);
  try {
    for (let turn = 0; turn < 2; turn += 1) {
      const faults = await victims.runAndKill(PLAN, { after: 'open', delayMs: 0 });
      expect(faults).toEqual(['the child ended by itself, with 3: no memory']);
      await sleep(300);
    }
  } finally {
    victims.end();
  }
});
