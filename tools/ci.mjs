// What .ci/run does once the packages are installed: every step, and one closing line summed over them.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { closingLine, countsOf, sum } from './run/closing-line.mjs';
import { environment, root } from './run/environment.mjs';

const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const steps = ['lint', 'types', 'test', 'test:pack', 'test:ci'].filter((name) => scripts[name]);

const results = [];
for (const name of steps) {
  const started = Date.now();
  const { output, code } = await run(name);
  const seconds = Math.round((Date.now() - started) / 1000);
  results.push({ name, code, seconds, ...countsOf(output, code) });
}
console.log();
for (const { name, code, seconds, ...counts } of results) {
  console.log(
    `${name.padEnd(10)} ${code === 0 ? 'ok    ' : 'FAILED'} ${`${seconds} s`.padStart(6)}  ${closingLine(counts)}`,
  );
}
const total = sum(results);
console.log(closingLine(total));
process.exit(total.failed > 0 ? 1 : 0);

function run(name) {
  console.log(`\n== npm run ${name}`);
  const child = spawn('npm', ['run', '--silent', name], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: environment({ CI: 'true' }),
  });
  const tail = [];
  child.stdout.on('data', (chunk) => {
    process.stdout.write(chunk);
    tail.push(chunk);
    if (tail.length > 64) tail.shift();
  });
  return new Promise((resolve) => {
    child.on('error', () => resolve({ output: '', code: 1 }));
    child.on('close', (code) => resolve({ output: Buffer.concat(tail).toString(), code: code ?? 1 }));
  });
}
