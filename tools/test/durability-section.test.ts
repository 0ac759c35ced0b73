import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { withDurabilitySection } from '../src/figures/durability-section.js';
import { readFigures } from '../src/figures/figures-file.js';
import { recordFigures } from '../src/index.js';
import { printFinding } from '../src/tidy/finding.js';
import { Project } from '../src/tidy/project.js';
import { figuresPage } from '../src/tidy/rules/figures-page.js';

const PAGE =
  '# Page\n\n<!-- figures: written by the commands that record them -->\nold\n<!-- end of figures -->\n\nEnd.\n';

function recorded(): { readonly page: string; readonly figures: string } {
  const root = mkdtempSync(join(tmpdir(), 'seglog-section-'));
  const docs = join(root, 'docs');
  const path = join(docs, 'figures.json');
  try {
    mkdirSync(docs);
    writeFileSync(join(docs, 'durability.md'), PAGE);
    recordFigures({ 'crash.states': 1_234_567 }, { command: 'npm run test:ci', seed: 7, path });
    recordFigures({ 'long.crash.states': 9 }, { command: 'npm run test:long', seed: 8, path });
    expect(readFigures(path)['crash.states']?.seed).toBe(7);
    return { page: readFileSync(join(docs, 'durability.md'), 'utf8'), figures: readFileSync(path, 'utf8') };
  } finally {
    rmSync(root, { recursive: true });
  }
}

function findings(page: string, figures: string): readonly string[] {
  const files = [
    { path: 'docs/durability.md', text: page },
    { path: 'docs/figures.json', text: figures },
  ];
  return figuresPage(new Project(files)).map(printFinding);
}

test('recording figures brings the page up to date, and what stands around them stays', () => {
  const { page, figures } = recorded();
  expect(page).toMatch(/^# Page\n\n<!--.*\nEnd\.\n$/s);
  expect(page).toMatch(/recovered and checked \| 1,234,567 \| `npm run test:ci` \| 9 \|$/m);
  expect(page).toMatch(/^The last `npm run test:long` was recorded on \d{4}-\d\d-\d\d with seed 8, /m);
  expect(page).not.toContain('old');
  expect(findings(page, figures)).toEqual([]);
});

test('a table that says something else than the figures is found', () => {
  const { page, figures } = recorded();
  expect(findings(page.replace('1,234,567', '1,234,568'), figures)).toEqual([
    'docs/durability.md:7  [figures] the figures differ from docs/figures.json. Whoever records figures writes this table; `npm run figures -- --page` does it without recording any.',
  ]);
});

test('a page without the marks is left alone', () => {
  expect(withDurabilitySection('# Page\n', {})).toBe('# Page\n');
});
