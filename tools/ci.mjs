// What .ci/run does once the packages are installed: every step, and one closing line summed over them.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { closingLine, countsOf, sum } from './run/closing-line.mjs';
import { environment, root } from './run/environment.mjs';
import { printTable, runStep } from './run/steps.mjs';

const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const steps = ['lint', 'types', 'test', 'test:pack', 'test:ci'].filter((name) => scripts[name]);

const results = [];
for (const name of steps) {
  console.log(`\n== npm run ${name}`);
  const step = await runStep('npm', ['run', '--silent', name], {
    cwd: root,
    env: environment({ CI: 'true' }),
  });
  results.push({ name, ...step, ...countsOf(step.output, step.code) });
}
printTable([
  ['step', 'exit', 'passed', 'failed', 'skipped', 'seconds'],
  ...results.map(({ name, code, passed, failed, skipped, seconds }) => [
    name,
    code,
    passed,
    failed,
    skipped,
    seconds,
  ]),
]);
const total = sum(results);
console.log(closingLine(total));
process.exit(total.failed > 0 ? 1 : 0);
