import { describe, expect, test } from 'vitest';
import { root } from '../src/root.js';
import { printFinding } from '../src/tidy/finding.js';
import { Project } from '../src/tidy/project.js';
import { readProject } from '../src/tidy/read-project.js';
import { tidy } from '../src/tidy/tidy.js';

test('this repository keeps its own rules', () => {
  expect(tidy(readProject(root)).map(printFinding)).toEqual([]);
});

const workspace = (folder: string, more: object = {}): readonly (readonly [string, string])[] => {
  const short = folder.slice(folder.lastIndexOf('/') + 1);
  const manifest = {
    name: short === 'seglog' ? 'seglog' : `@seglog/${short}`,
    description: 'One sentence.',
    license: 'MIT',
    type: 'module',
    files: ['dist'],
    exports: { '.': {}, './inversify': {}, './package.json': {} },
    scripts: { build: 'tsc -b', test: 'vitest run' },
    ...more,
  };
  return [
    [`${folder}/package.json`, JSON.stringify(manifest)],
    [`${folder}/README.md`, '# One\n'],
    [`${folder}/LICENSE`, 'MIT'],
    [`${folder}/CHANGELOG.md`, '# One\n'],
    [`${folder}/tsconfig.json`, '{}'],
    [`${folder}/turbo.json`, '{}'],
  ];
};

const everyPart = {
  dependencies: {
    '@seglog/core': '0.1.0',
    '@seglog/fs-pread': '0.1.0',
    seglog: '0.1.0',
    '@seglog/wal': '0.1.0',
  },
  devDependencies: { '@seglog/testing': '0.1.0', '@seglog/fs-pread': '0.1.0' },
};
const folders = ['core', 'fs-pread', 'fs-mmap', 'wal', 'testing', 'seglog'].map((name) => `packages/${name}`);
const house: readonly (readonly [string, string])[] = [
  ['package.json', JSON.stringify({ scripts: { bench: 'node bench' } })],
  ['LICENSE', 'MIT'],
  [
    'tsconfig.json',
    JSON.stringify({ references: [...folders, 'examples/one'].map((path) => ({ path: `./${path}` })) }),
  ],
  ...folders.flatMap((folder) => workspace(folder, everyPart)),
  ...workspace('examples/one', { ...everyPart, private: true }),
];

/** What tidy finds after files are put into a house that is in order; `undefined` removes one. */
function found(files: Readonly<Record<string, string | undefined>>): readonly string[] {
  const all = { ...Object.fromEntries(house), ...files };
  const present = Object.entries(all).flatMap(([path, text]) => (text === undefined ? [] : [{ path, text }]));
  return tidy(new Project(present)).map(printFinding);
}

test('a house in order has no findings', () => {
  expect(found({})).toEqual([]);
});

interface Planted {
  readonly what: string;
  readonly path: string;
  readonly text: string;
  /** What the one finding begins with, behind the path. */
  readonly says: RegExp;
}

/** Each text breaks one rule once, and tidy must say so at the right line with the way out. */
const planted: readonly Planted[] = [
  {
    what: 'an engine that imports an adapter',
    path: 'packages/wal/src/a.ts',
    text: "\nimport { x } from '@seglog/fs-pread';\n",
    says: /:2 {2}\[package-direction\] wal must not import fs-pread.*StorageDirectory/,
  },
  {
    what: 'an adapter that imports an adapter',
    path: 'packages/fs-mmap/src/a.ts',
    text: "import { x } from '@seglog/fs-pread';",
    says: /:1 {2}\[package-direction\] fs-mmap must not import fs-pread/,
  },
  {
    what: 'core that imports a package',
    path: 'packages/core/src/log/a.ts',
    text: "export { x } from '@seglog/wal';\nexport const y = 1;",
    says: /\[package-direction\] core must not import wal.*contract/,
  },
  {
    what: 'source that imports the test kit',
    path: 'packages/wal/src/a.ts',
    text: "import { x } from '@seglog/testing';",
    says: /\[package-direction\] wal must not import testing.*test\//,
  },
  {
    what: 'a part that imports the umbrella',
    path: 'packages/wal/src/a.ts',
    text: "import { x } from 'seglog';",
    says: /\[package-direction\] wal must not import seglog.*umbrella/,
  },
  {
    what: 'a deep import',
    path: 'packages/wal/src/a.ts',
    text: "import { x } from '@seglog/core/dist/log/log.js';",
    says: /\[package-direction\] '@seglog\/core\/dist\/log\/log.js' is not exported/,
  },
  {
    what: 'a path into another package',
    path: 'packages/wal/test/a.ts',
    text: "import { x } from '../../core/src/log/log.js';",
    says: /\[package-direction\] .* reaches into another folder/,
  },
  {
    what: 'an import that is not declared',
    path: 'packages/wal/test/a.ts',
    text: "import { x } from '@seglog/fs-mmap';",
    says: /\[package-direction\] @seglog\/fs-mmap is not declared. Add it to devDependencies/,
  },
  {
    what: 'a contract that imports a room',
    path: 'packages/core/src/contract/a.ts',
    text: "import { x } from '../log/log.js';",
    says: /\[core-rooms\] contract must not import log/,
  },
  {
    what: 'a contract that imports the invariant',
    path: 'packages/core/src/contract/a.ts',
    text: "import { invariant } from '../invariant.js';",
    says: /\[core-rooms\] contract must not import invariant.ts/,
  },
  {
    what: 'a contract that imports a library',
    path: 'packages/core/src/contract/a.ts',
    text: "import type { x } from 'cbor-x';",
    says: /\[core-rooms\] a contract imports nothing but contracts: 'cbor-x'/,
  },
  {
    what: 'a segment that imports the log',
    path: 'packages/core/src/segment/a.ts',
    text: "import { x } from '../log/log.js';",
    says: /\[core-rooms\] segment must not import log: segment sees contract, invariant.ts/,
  },
  {
    what: 'a log that imports a codec',
    path: 'packages/core/src/log/a.ts',
    text: "import { x } from '../codec/batch-frame-codec.js';",
    says: /\[core-rooms\] log must not import codec.*default-components/,
  },
  {
    what: 'a side room that imports another',
    path: 'packages/core/src/index/a.ts',
    text: "import { x } from '../memory/memory-directory.js';",
    says: /\[core-rooms\] index must not import memory/,
  },
  {
    what: 'a room that imports the composition',
    path: 'packages/core/src/topic/a.ts',
    text: "import { x } from '../default-components.js';",
    says: /\[core-rooms\] default-components.ts composes the rooms and no room imports it/,
  },
  {
    what: 'a room that is not on the map',
    path: 'packages/core/src/attic/a.ts',
    text: 'export const x = 1;',
    says: /\[core-rooms\] 'attic' is no room of core/,
  },
  {
    what: 'the file system in core',
    path: 'packages/core/src/log/a.ts',
    text: "import { open } from 'node:fs/promises';",
    says: /\[one-door-to-the-disk\] 'node:fs\/promises'.*StorageDirectory/,
  },
  {
    what: 'the container in a room',
    path: 'packages/core/src/topic/a.ts',
    text: "import type { Container } from 'inversify';",
    says: /\[container-at-the-front-door\] 'inversify'.*constructor parameter/,
  },
  {
    what: 'reflect-metadata in a room',
    path: 'packages/fs-pread/src/a.ts',
    text: "import 'reflect-metadata';",
    says: /\[container-at-the-front-door\] 'reflect-metadata'/,
  },
  {
    what: 'a file of 301 lines',
    path: 'packages/core/src/log/a.ts',
    text: 'export const x = 1;\n'.repeat(301),
    says: /:301 {2}\[file-size\] 301 lines, at most 300. Split it/,
  },
  {
    what: 'an example that is too long',
    path: 'examples/one/src/main.ts',
    text: 'console.log(1);\n'.repeat(81),
    says: /:81 {2}\[file-size\] 81 lines, at most 80/,
  },
  {
    what: 'a default export',
    path: 'packages/core/src/log/a.ts',
    text: '\n\nexport default class Log {}',
    says: /:3 {2}\[no-default-export\]/,
  },
  {
    what: 'a renamed default export',
    path: 'packages/core/src/log/a.ts',
    text: 'const a = 1;\nexport { a as default };',
    says: /:2 {2}\[no-default-export\]/,
  },
  {
    what: 'code in an index',
    path: 'packages/core/src/index.ts',
    text: "export { a } from './log/a.js';\nexport const b = 1;",
    says: /:2 {2}\[index-re-exports\]/,
  },
  {
    what: 'a barrel',
    path: 'packages/core/src/log/all.ts',
    text: "export * from './a.js';\nexport { b } from './b.js';",
    says: /\[no-barrel\]/,
  },
  {
    what: 'a worn class name',
    path: 'packages/core/src/log/a.ts',
    text: 'export class SegmentManager {}',
    says: /\[names\] 'SegmentManager' says 'manager'/,
  },
  {
    what: 'a worn function name',
    path: 'packages/core/src/log/a.ts',
    text: 'export function readHelper(): void {}',
    says: /\[names\] 'readHelper' says 'helper'/,
  },
  {
    what: 'a worn constant name',
    path: 'examples/one/src/a.ts',
    text: 'export const StringUtils = 1;',
    says: /\[names\] 'StringUtils' says 'util'/,
  },
  {
    what: 'an Impl',
    path: 'packages/core/src/log/a.ts',
    text: 'export class LogImpl {}',
    says: /\[names\] 'LogImpl' says 'impl'/,
  },
  {
    what: 'an interface with an I',
    path: 'packages/core/src/log/a.ts',
    text: 'export interface IClock {}',
    says: /\[names\] 'IClock'.*\(Clock\)/,
  },
  {
    what: 'a worn file name',
    path: 'packages/core/src/log/log-utils.ts',
    text: 'export const x = 1;',
    says: /\[names\] the file name says 'util'/,
  },
  {
    what: 'a folder named by kind',
    path: 'packages/wal/src/helpers/a.ts',
    text: 'export const x = 1;',
    says: /\[names\] a folder named 'helpers'/,
  },
  {
    what: 'a file that is not kebab-case',
    path: 'packages/wal/src/walReader.ts',
    text: 'export const x = 1;',
    says: /\[names\] 'walReader.ts' is not kebab-case/,
  },
  {
    what: 'as any',
    path: 'packages/wal/test/a.ts',
    text: 'f(x as any);',
    says: /\[no-escape\] 'any'/,
  },
  {
    what: 'a parameter of type any',
    path: 'packages/wal/src/a.ts',
    text: 'export function f(x: any): void {}',
    says: /\[no-escape\] 'any'/,
  },
  {
    what: 'a cast through unknown',
    path: 'packages/wal/src/a.ts',
    text: '\nf(x as unknown as Log);',
    says: /:2 {2}\[no-escape\] 'as unknown as'.*type guard/,
  },
  {
    what: 'ts-ignore',
    path: 'packages/wal/test/a.ts',
    text: '// @ts-ignore\nf();',
    says: /\[no-escape\] @ts-ignore/,
  },
  {
    what: 'ts-expect-error in source',
    path: 'packages/wal/src/a.ts',
    text: '// @ts-expect-error -- the type is wrong\nf();',
    says: /\[no-escape\] @ts-expect-error stands only in tests/,
  },
  {
    what: 'a TODO without an owner',
    path: 'packages/wal/src/a.ts',
    text: 'f(); // TODO later',
    says: /\[no-orphaned-todo\] TODO without an owner/,
  },
  {
    what: 'a FIXME with an owner',
    path: 'packages/wal/src/a.ts',
    text: '/* FIXME(ann): soon */',
    says: /\[no-orphaned-todo\] FIXME/,
  },
  {
    what: 'a focused test',
    path: 'packages/wal/test/a.test.ts',
    text: "\ntest.only('x', () => expect(1).toBe(1));",
    says: /:2 {2}\[honest-tests\] 'test.only'/,
  },
  {
    what: 'a skipped suite',
    path: 'packages/wal/test/a.test.ts',
    text: "describe.sequential.skip('x', () => expect(1).toBe(1));",
    says: /\[honest-tests\] 'describe.sequential.skip'.*context.skip/,
  },
  {
    what: 'a test to be written',
    path: 'packages/wal/test/a.test.ts',
    text: "it.todo('x'); expect(1).toBe(1);",
    says: /\[honest-tests\] 'it.todo'/,
  },
  {
    what: 'a test that is crossed out',
    path: 'packages/wal/test/a.test.ts',
    text: "xit('x', () => expect(1).toBe(1));",
    says: /\[honest-tests\] 'xit\('/,
  },
  {
    what: 'a test where the runner does not look',
    path: 'packages/wal/src/a.test.ts',
    text: "test('x', () => expect(1).toBe(1));",
    says: /\[honest-tests\] the runner looks for/,
  },
  {
    what: 'a test file without an assertion',
    path: 'packages/wal/test/a.test.ts',
    text: "test('x', () => run());",
    says: /\[honest-tests\] nothing here can fail/,
  },
  {
    what: 'the host of a registry',
    path: 'docs/a.md',
    text: `# Title\n\nsee ${['https://www.npm', 'js.com/package/x'].join('')}\n`,
    says: /:3 {2}\[no-registry-host\]/,
  },
  {
    what: 'any registry',
    path: 'packages/wal/src/a.ts',
    text: `export const x = '${['https://registry', 'example.org/'].join('.')}';`,
    says: /\[no-registry-host\]/,
  },
  {
    what: 'a registry in a setting',
    path: '.npmrc',
    text: `${['regis', 'try=http://127.0.0.1:4873'].join('')}\n`,
    says: /\[no-registry-host\]/,
  },
  {
    what: 'an address in the lock file',
    path: 'package-lock.json',
    text: '{\n  "resolved": "http://127.0.0.1/x.tgz"\n}',
    says: /:2 {2}\[no-registry-host\] the lock file names an address/,
  },
  {
    what: 'a home directory',
    path: 'docs/a.md',
    text: ['run it in ', 'home', 'ann/seglog'].join('/'),
    says: /\[no-machine-path\]/,
  },
  {
    what: 'a fixed temporary path',
    path: 'packages/wal/test/a.ts',
    text: `open('${['', 'tmp', 'seglog'].join('/')}');`,
    says: /\[no-machine-path\].*mkdtemp/,
  },
];

describe('a planted violation is found', () => {
  test.each(planted)('$what', ({ path, text, says }) => {
    const findings = found({ [path]: text });
    expect(findings).toHaveLength(1);
    expect(findings[0]?.startsWith(`${path}:`)).toBe(true);
    expect(findings[0]).toMatch(says);
  });
});

describe('a package that is not whole is found', () => {
  const { name, description } = { name: '@seglog/wal', description: 'One sentence.' };
  const manifest = {
    name,
    description,
    license: 'MIT',
    type: 'module',
    files: ['dist'],
    exports: { '.': {} },
  };
  const scripts = { build: 'tsc -b', test: 'vitest run' };
  const cases: readonly (readonly [string, Readonly<Record<string, string | undefined>>, RegExp])[] = [
    ['no README', { 'packages/wal/README.md': undefined }, /no README.md/],
    ['another license', { 'packages/wal/LICENSE': 'GPL' }, /Copy LICENSE/],
    ['no changelog', { 'packages/wal/CHANGELOG.md': undefined }, /npx changeset/],
    [
      'no test script',
      { 'packages/wal/package.json': JSON.stringify({ ...manifest, scripts: { build: 'b' } }) },
      /no "test" script/,
    ],
    [
      'a loose range',
      {
        'packages/wal/package.json': JSON.stringify({ ...manifest, scripts, dependencies: { x: '^1.0.0' } }),
      },
      /pin one exact version/,
    ],
    [
      'no description',
      { 'packages/wal/package.json': JSON.stringify({ ...manifest, description: undefined, scripts }) },
      /'description' is one sentence/,
    ],
    ['no reference', { 'tsconfig.json': '{}' }, /add \{ "path": ".\/examples\/one" }/],
  ];
  test.each(cases)('%s', (_, files, says) => {
    expect(found(files)[0]).toMatch(says);
  });
  test('a package that is not on the map', () => {
    const files = Object.fromEntries(workspace('packages/attic'));
    const references = [...folders, 'packages/attic', 'examples/one'].map((path) => ({ path: `./${path}` }));
    const findings = found({ ...files, 'tsconfig.json': JSON.stringify({ references }) });
    expect(findings).toEqual([expect.stringContaining("add 'attic' to packageMap")]);
  });
});

const figuresFile = (entry: object): Readonly<Record<string, string>> => ({
  'docs/figures.json': JSON.stringify({ 'bench.rate': entry }, null, 2),
});

describe('figures that no command wrote are found', () => {
  const machine = { cpu: 'x', cores: 2, memoryGiB: 8, system: 'linux x64', node: 'v20.0.0' };
  const figure = {
    value: 1,
    unit: null,
    date: '2026-01-01',
    seed: 7,
    commit: 'abc',
    machine,
    command: 'npm run bench',
  };
  test('a whole figure is fine', () => expect(found(figuresFile(figure))).toEqual([]));
  test('a figure without its machine', () => {
    expect(found(figuresFile({ ...figure, machine: undefined }))).toEqual([
      expect.stringMatching(/:2 .*'machine' needs/),
    ]);
  });
  test('a figure of a command that does not exist', () => {
    expect(found(figuresFile({ ...figure, command: 'npm run nothing' }))).toEqual([
      expect.stringMatching(/is no script/),
    ]);
  });
});

describe('what the rules allow', () => {
  const allowed: Readonly<Record<string, readonly [string, string]>> = {
    'a package imports core': ['packages/wal/src/a.ts', "import { x } from '@seglog/core';"],
    'a front door imports the door below': [
      'packages/wal/src/inversify.ts',
      "import { x } from '@seglog/core/inversify';",
    ],
    'the umbrella imports an adapter': ['packages/seglog/src/a.ts', "import { x } from '@seglog/fs-pread';"],
    'an example imports everything': [
      'examples/one/src/a.ts',
      "import 'seglog';\nimport 'node:fs';\nimport 'inversify';",
    ],
    'a test imports the kit': ['packages/wal/test/a.ts', "import { x } from '@seglog/testing';"],
    'an adapter touches the disk': ['packages/fs-pread/src/a.ts', "import { open } from 'node:fs';"],
    'real faults touch the disk': ['packages/testing/src/real/a.ts', "import { open } from 'node:fs';"],
    'a type of node:fs': ['packages/testing/src/facade.ts', "import type { Stats } from 'node:fs';"],
    'rooms point down': [
      'packages/core/src/topic/a.ts',
      "import '../log/log.js';\nimport '../contract/a.js';",
    ],
    'the invariant is common': [
      'packages/core/src/codec/a.ts',
      "import { invariant } from '../invariant.js';",
    ],
    'the composition sees all': [
      'packages/core/src/default-components.ts',
      "import './codec/a.js';\nimport './log/b.js';",
    ],
    'an index re-exports': [
      'packages/core/src/index.ts',
      "/** A. */\nexport type { A } from './log/a.js';\nexport * from './b.js';",
    ],
    'a topic manager': ['packages/core/src/topic/topic-manager.ts', 'export class TopicManager {}'],
    'a vitest configuration': ['packages/wal/vitest.config.ts', 'export default {};'],
    'a word inside a word': ['packages/wal/src/implicit-utility.ts', 'export const implicitUtility = 1;'],
    'expect.any': ['packages/wal/test/a.test.ts', 'expect({ x: 1 }).toEqual({ x: expect.any(Number) });'],
    'a TODO with an owner': ['packages/wal/src/a.ts', '// TODO(ann): after the format freeze'],
    'skip of an iterator': ['packages/wal/src/a.ts', 'export const x = list.skip(1).only;'],
    'a type test': ['packages/wal/test/a.ts', '// @ts-expect-error -- a key is a string\nf(1);'],
    'a path that only looks like one': [
      'docs/a.md',
      'see packages/work/a.md and https://example.org/home/ann',
    ],
  };
  test.each(Object.entries(allowed))('%s', (_, [path, text]) => {
    expect(found({ [path]: text })).toEqual([]);
  });
});
