import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { root } from '../run/environment.mjs';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'seglog-lock-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

/** The packages of a lock after it was completed. */
function completed(packages: object): unknown {
  const path = join(directory, 'package-lock.json');
  writeFileSync(path, JSON.stringify({ lockfileVersion: 3, packages }));
  const run = spawnSync(process.execPath, [join(root, 'tools', 'complete-lock.mjs'), path], {
    encoding: 'utf8',
  });
  expect(run).toMatchObject({ status: 0 });
  return JSON.parse(readFileSync(path, 'utf8')).packages;
}

test('a package for another system gets the entry that npm left out', () => {
  const tool = { version: '1.0.0', dev: true, optionalDependencies: { '@tool/linux-arm64-musl': '1.0.0' } };
  expect(completed({ 'node_modules/tool': tool })).toEqual({
    'node_modules/@tool/linux-arm64-musl': {
      version: '1.0.0',
      cpu: ['arm64'],
      dev: true,
      libc: ['musl'],
      optional: true,
      os: ['linux'],
    },
    'node_modules/tool': tool,
  });
});

test('what is locked stays as it is, also where it is nested', () => {
  const packages = {
    'node_modules/tool': { version: '1.0.0', optionalDependencies: { 'tool-darwin-x64': '1.0.0' } },
    'node_modules/tool/node_modules/tool-darwin-x64': { version: '1.0.0', integrity: 'sha512-x' },
    'packages/one': { optionalDependencies: { addon: '2.0.0' } },
    'packages/one/node_modules/addon': { version: '2.0.0' },
  };
  expect(completed(packages)).toEqual(packages);
});

test('a package whose name tells no system is left to npm', () => {
  const packages = { 'node_modules/tool': { version: '1.0.0', optionalDependencies: { extra: '1.0.0' } } };
  expect(completed(packages)).toEqual(packages);
});
