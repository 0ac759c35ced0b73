import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CodeBlock, codeBlocks, documentsWithCode, fileNameOf, ROOT } from './code-blocks.js';

const blocks: readonly CodeBlock[] = documentsWithCode().flatMap(codeBlocks);
const project = mkdtempSync(join(tmpdir(), 'seglog-readme-'));
const compiled = join(project, 'compiled');
let complaints = 'not compiled';

const SETTINGS = {
  compilerOptions: {
    target: 'es2023',
    lib: ['es2023', 'esnext.disposable'],
    module: 'nodenext',
    strict: true,
    allowJs: true,
    checkJs: true,
    skipLibCheck: true,
    types: ['node'],
    outDir: compiled,
    rootDir: '.',
  },
  include: ['*.mts', '*.mjs'],
};

/** An empty project beside the packages as they are built: what a reader has who copies the code. */
beforeAll(() => {
  symlinkSync(join(ROOT, 'node_modules'), join(project, 'node_modules'));
  writeFileSync(join(project, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify(SETTINGS));
  // Empty lines in front, so that the compiler speaks of lines of the document.
  for (const block of blocks)
    writeFileSync(join(project, fileNameOf(block)), '\n'.repeat(block.line - 1) + block.code);
  const compiler = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  complaints = run([compiler, '-p', project], project).output;
});
afterAll(() => rmSync(project, { recursive: true, force: true }));

function run(words: readonly string[], cwd: string) {
  const child = spawnSync(process.execPath, words, { cwd, encoding: 'utf8', timeout: 60_000 });
  return { status: child.status, stdout: child.stdout, output: child.stdout + child.stderr };
}

test('every document that should have code has some', () => {
  const silent = documentsWithCode().filter((document) => codeBlocks(document).length === 0);
  expect(silent).toEqual([]);
});

test('the code of all documents is what the types say', () => {
  expect(complaints).toBe('');
});

describe('the code of each document runs, and prints what it says', () => {
  test.each(blocks.map((block) => [`${block.document}:${block.line}`, block] as const))('%s', (_, block) => {
    const home = mkdtempSync(join(project, 'run-'));
    const file = join(compiled, fileNameOf(block).replace(/ts$/, 'js'));
    const { status, stdout, output } = run([file], home);
    expect(status, output).toBe(0);
    if (block.prints.length > 0) expect(stdout.trimEnd().split('\n')).toEqual(block.prints);
  });
});
