// Runs commands, shows what they say, and keeps the end of it to read the closing line from.
import { spawn } from 'node:child_process';

const keptChunks = 64;

/** { output, code, seconds }; output is the end of stdout. */
export function runStep(command, words, options) {
  const started = performance.now();
  const child = spawn(command, words, { ...options, stdio: ['ignore', 'pipe', 'inherit'] });
  const kept = [];
  child.stdout.on('data', (chunk) => {
    process.stdout.write(chunk);
    kept.push(chunk);
    if (kept.length > keptChunks) kept.shift();
  });
  return new Promise((resolve) => {
    const end = (code) =>
      resolve({
        output: Buffer.concat(kept).toString(),
        code,
        seconds: Math.round((performance.now() - started) / 1000),
      });
    child.on('error', () => end(1));
    child.on('close', (code) => end(code ?? 1));
  });
}

/** A table of rows whose last column may be empty. */
export function printTable(rows) {
  const widths = rows[0].map((_, at) => Math.max(...rows.map((row) => String(row[at]).length)));
  console.log();
  for (const row of rows) {
    const cells = row.map((cell, at) =>
      typeof cell === 'number' ? String(cell).padStart(widths[at]) : String(cell).padEnd(widths[at]),
    );
    console.log(cells.join('  ').trimEnd());
  }
  console.log();
}
