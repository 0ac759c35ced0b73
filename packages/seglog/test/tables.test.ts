import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { SHARED_SETTINGS } from '../src/engine-settings.js';
import { logSettings, parseSize, topicSettings } from '../src/index.js';
import { ROOT } from './code-blocks.js';

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** The part of a document below a heading, up to the next heading of the same rank. */
function section(document: string, heading: string): string {
  const [, below = ''] = read(document).split(`\n## ${heading}\n`);
  return below.split('\n## ')[0] ?? '';
}

/** Rows of tables whose first column is code: what is in it, and what the second column says. */
function rows(text: string): ReadonlyMap<string, string> {
  const found = [...text.matchAll(/^\| `([A-Za-z]+)` \| ([^|]*) \|/gm)];
  return new Map(found.map(([, name = '', value = '']) => [name, value]));
}

const MS = { ms: 1, s: 1000, h: 3_600_000 } as const;

/** A default as the tables write it. */
function defaultIn(text: string): unknown {
  if (text === 'no limit') return Number.POSITIVE_INFINITY;
  if (text === '`false`' || text === '`true`') return text === '`true`';
  const [, choice] = /^`'(.*)'`$/.exec(text) ?? [];
  if (choice !== undefined) return choice;
  const [, amount, unit] = /^(\d+) (ms|s|h)$/.exec(text) ?? [];
  if (amount !== undefined) return Number(amount) * MS[unit as keyof typeof MS];
  const [, exponent] = /^2\^(\d+)$/.exec(text) ?? [];
  if (exponent !== undefined) return 2 ** Number(exponent);
  return text.includes('iB') ? parseSize(text.replace(' ', '')) : Number(text.replaceAll(',', ''));
}

describe('the tables of the documents', () => {
  test('list every setting with its default', () => {
    const listed = rows(section('packages/seglog/README.md', 'Settings'));
    const settings = { ...logSettings(), ...topicSettings(), ...SHARED_SETTINGS };
    const stated = Object.fromEntries([...listed].map(([name, text]) => [name, defaultIn(text)]));
    expect(stated).toEqual(settings);
  });

  test('list every code of an error', () => {
    const declared = read('packages/core/src/contract/error.ts').split('export type ErrorFacts')[0] ?? '';
    const codes = [...declared.matchAll(/\| '([A-Z_]+)'/g)].map(([, code]) => code);
    const listed = [...section('packages/core/README.md', 'Errors').matchAll(/`([A-Z]+(?:_[A-Z]+)*)`/g)];
    expect(new Set(listed.map(([, code]) => code))).toEqual(new Set(codes));
    expect(codes.length).toBeGreaterThan(20);
  });
});
