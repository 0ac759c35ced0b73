// npm run test:long -- --scale 10 --seed 7: the searches of `npm run test:ci`, so many times as long, from another seed.
// What they find goes into docs/figures.json under names of its own (`long.crash.states`), and from there onto the page
// of durability. Without a scale 10 is taken, without a seed one of this moment, which is printed.
import { parseArgs } from 'node:util';
import { runSearches } from './run/searches.mjs';

const { values } = parseArgs({ options: { scale: { type: 'string' }, seed: { type: 'string' } } });
const scale = number('scale', values.scale ?? '10');
const seed = number('seed', values.seed ?? String(Date.now() % 1_000_000));
console.log(`npm run test:long -- --scale ${scale} --seed ${seed}`);
process.exit(
  await runSearches({
    SEGLOG_SEARCH_SCALE: String(scale),
    SEGLOG_SEARCH_SEED: String(seed),
    SEGLOG_SEARCH_COMMAND: 'npm run test:long',
  }),
);

function number(name, text) {
  const value = Number(text);
  if (!(value > 0) || (name === 'seed' && !Number.isSafeInteger(value))) {
    console.error(`--${name} takes a number above 0, not ${text}`);
    process.exit(2);
  }
  return value;
}
