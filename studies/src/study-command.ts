import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { recordFigures } from '@seglog/tools';
import { pageOf } from './report/page.js';
import { verdictsOf, writeVerdicts } from './report/verdicts.js';
import { workspace } from './room/program.js';
import type { StoreUnderStudy } from './stores/store-under-study.js';
import { STORES } from './stores/stores.js';
import { CRASH_KINDS } from './study/crash-kinds.js';
import { type StoreResult, studyStore } from './study/run-study.js';
import { CLAIM_NAMES } from './study/store-study.js';

/** npm run figures:study -- [a part of a store's name] [--seed 1] */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seed: { type: 'string', default: '1' } },
});
const seed = Number(values.seed);
const [part = ''] = positionals;
const chosen = STORES.filter(({ name }) => name.toLowerCase().includes(part.toLowerCase()));

const results: StoreResult[] = [];
for (const store of chosen) {
  const result = await studyStore(store, { seed });
  print(store, result);
  results.push(result);
}
if (chosen.length === STORES.length) record();

function print({ name, version }: StoreUnderStudy, { kinds }: StoreResult): void {
  console.log(`${name} ${version}`);
  for (const { name: kind, title } of CRASH_KINDS) {
    const broken = CLAIM_NAMES.map((claim) => `${claim} broken ${kinds[kind][claim].broken}`).join(', ');
    console.log(
      `  ${title.padEnd(24)} ${kinds[kind].states} states, ${kinds[kind].distinct} different: ${broken}`,
    );
  }
}

function record(): void {
  writeFileSync(join(workspace, '..', 'docs', 'crash-study.md'), pageOf({ stores: STORES, results, seed }));
  writeVerdicts(results.flatMap(verdictsOf));
  const all = results.flatMap(({ kinds }) => Object.values(kinds));
  const figures = {
    'study.stores': results.length,
    'study.states': all.reduce((sum, { states }) => sum + states, 0),
    'study.distinctStates': all.reduce((sum, { distinct }) => sum + distinct, 0),
    'study.seglog.broken': brokenOf('Seglog'),
  };
  for (const [key, value] of Object.entries(figures)) console.log(`${key.padEnd(22)} ${value}`);
  recordFigures(figures, { command: 'npm run figures:study', seed });
}

function brokenOf(name: string): number {
  const result = results.find((one) => one.name === name);
  if (result === undefined) throw new Error(`${name} was not studied`);
  return Object.values(result.kinds).reduce(
    (sum, kind) => sum + CLAIM_NAMES.reduce((broken, claim) => broken + kind[claim].broken, 0),
    0,
  );
}
