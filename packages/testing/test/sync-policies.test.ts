import { groupCommit, syncAlways, syncEvery, syncNever } from '@seglog/core';
import { describe, test } from 'vitest';
import { syncPolicyConformance } from '../src/index.js';

const runner = { describe, test };
for (const factory of [
  syncAlways(),
  syncNever(),
  groupCommit({ maxDelayMs: 2 }),
  groupCommit({ maxDelayMs: 0.25, maxBytes: 4096 }),
  syncEvery({ appends: 1 }),
  syncEvery({ appends: 100 }),
  syncEvery({ bytes: 1024 ** 2 }),
  syncEvery({ bytes: 100_000, maxMs: 50 }),
  syncEvery({ ms: 100 }),
]) {
  syncPolicyConformance(runner, factory().name, factory);
}
