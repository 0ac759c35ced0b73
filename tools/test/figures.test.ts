import { execFileSync, spawn } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { bin, root } from '../run/environment.mjs';
import { readFigures } from '../src/figures/figures-file.js';
import { figuresTable } from '../src/figures/figures-table.js';
import { recordFigures } from '../src/index.js';

let directory: string;
let path: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'seglog-figures-'));
  path = join(directory, 'docs', 'figures.json');
});
afterEach(() => rmSync(directory, { recursive: true }));

const command = 'npm run bench';

test('a figure carries everything needed to take it again', () => {
  recordFigures({ 'kill9.lost': 0 }, { command, seed: 7, path });
  const figure = readFigures(path)['kill9.lost'];
  expect(figure).toMatchObject({
    value: 0,
    seed: 7,
    command,
    unit: null,
    machine: { node: process.version },
  });
  expect(figure?.commit).toMatch(/^[0-9a-f]{12}(?:\+changes)?$/);
  expect(Date.now() - Date.parse(figure?.date ?? '')).toBeLessThan(60_000);
});

test('recording replaces its own keys and keeps the others, in order', () => {
  recordFigures({ 'b.one': 1, 'c.one': 1 }, { command, path });
  recordFigures({ 'c.one': 2, 'a.one': 'yes' }, { command, path, units: { 'a.one': 'ms' } });
  const figures = readFigures(path);
  expect(Object.entries(figures).map(([key, { value }]) => [key, value])).toEqual([
    ['a.one', 'yes'],
    ['b.one', 1],
    ['c.one', 2],
  ]);
  expect(figures['a.one']?.unit).toBe('ms');
});

test.each([
  ['a value that is no number', { 'a.one': Number.NaN }],
  ['an empty word', { 'a.one': '' }],
  ['a key with a space', { 'a one': 1 }],
  ['a key that ends in a dot', { 'a.': 1 }],
])('%s is refused and nothing is written', (_, values) => {
  recordFigures({ 'b.one': 1 }, { command, path });
  const before = readFileSync(path, 'utf8');
  expect(() => recordFigures({ 'b.two': 2, ...values }, { command, path })).toThrow(RangeError);
  expect(readFileSync(path, 'utf8')).toBe(before);
});

test('a damaged file is an error, never an empty one', () => {
  recordFigures({ 'a.one': 1 }, { command, path });
  writeFileSync(path, '{ "a.one"');
  expect(() => recordFigures({ 'b.one': 1 }, { command, path })).toThrow(SyntaxError);
  expect(readFileSync(path, 'utf8')).toBe('{ "a.one"');
  expect(readdirSync(join(directory, 'docs'))).toEqual(['figures.json']);
});

test('a lock left behind by a killed command is taken over', () => {
  mkdirSync(`${path}.lock`, { recursive: true });
  utimesSync(`${path}.lock`, 1, 1);
  recordFigures({ 'a.one': 1 }, { command, path });
  expect(readFigures(path)['a.one']?.value).toBe(1);
});

test('commands that record at the same time lose nothing', async () => {
  execFileSync(join(bin, 'tsc'), ['-b', join(root, 'tools')]);
  const dist = pathToFileURL(join(root, 'tools', 'dist', 'index.js')).href;
  const script = `
    const { recordFigures } = await import(${JSON.stringify(dist)});
    const [, name, path] = process.argv;
    for (let i = 0; i < 10; i++) recordFigures({ [name + '.' + i]: i }, { command: '${command}', path });`;
  const codes = ['a', 'b', 'c'].map((name) => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', script, name, path], {
      stdio: 'inherit',
    });
    return new Promise((resolve) => {
      child.on('close', resolve);
    });
  });
  expect(await Promise.all(codes)).toEqual([0, 0, 0]);
  expect(Object.keys(readFigures(path))).toHaveLength(30);
  expect(readdirSync(join(directory, 'docs'))).toEqual(['figures.json']);
});

test('the table shows each figure in a row and each machine once', () => {
  recordFigures(
    { 'bench.append.rate': 1_234_567, 'kill9.lost': 0 },
    { command, path, units: { 'bench.append.rate': 'records/s' } },
  );
  const table = figuresTable(readFigures(path));
  expect(table).toMatch(/^bench\.append\.rate +1,234,567 records\/s /m);
  expect(table).toMatch(/^kill9\.lost +0 /m);
  expect(table.match(/^m\d:/gm)).toEqual(['m1:']);
});

test('no figures are said to be none', () => {
  expect(figuresTable({})).toBe('no figures yet\n');
});
