import { codecPart } from './codec-part.js';
import { diskPart } from './disk-part.js';
import { indexPart } from './index-part.js';
import { readerPart } from './reader-part.js';

/** A file of a new package. */
export interface ScaffoldFile {
  /** From the folder of the package. */
  readonly path: string;
  readonly text: string;
}

/** What is written of a part: its module, and the exam that it sits. */
export interface PartTemplate {
  readonly module: string;
  readonly test: string;
  /** For the README. */
  readonly sentence: string;
}

export const PARTS = ['codec', 'index', 'reader', 'disk'] as const;
export type PartKind = (typeof PARTS)[number];

const TEMPLATES: Readonly<Record<PartKind, (className: string) => PartTemplate>> = {
  codec: codecPart,
  index: indexPart,
  reader: readerPart,
  disk: diskPart,
};

/** The files of a package with a part of its own that passes its exam. `version` is that of the packages of Seglog. */
export function scaffold(name: string, kind: PartKind, version: string): readonly ScaffoldFile[] {
  const { module, test, sentence } = TEMPLATES[kind](classNameOf(name));
  const manifest = {
    name,
    version: '0.1.0',
    description: sentence,
    private: true,
    type: 'module',
    exports: './src/index.js',
    scripts: { test: 'node --test' },
    dependencies: { '@seglog/core': version },
    devDependencies: { '@seglog/testing': version },
  };
  return [
    { path: 'package.json', text: `${JSON.stringify(manifest, undefined, 2)}\n` },
    { path: 'README.md', text: readme(name, sentence) },
    { path: 'src/index.js', text: module },
    { path: 'test/exam.test.js', text: test },
  ];
}

function readme(name: string, sentence: string): string {
  return `# ${name}

${sentence}

    npm install
    npm test

The tests are the exam of the interface: they pass as the part is now. Change it step by step, and let the exam say what broke. The
interface's own text in \`node_modules/@seglog/core/src/contract\` is what binds.
`;
}

/** `my-index` is `MyIndex`. */
function classNameOf(name: string): string {
  const words = name
    .replace(/^@[^/]+\//, '')
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== '');
  const joined = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
  return /^[A-Z]/.test(joined) ? joined : `My${joined}`;
}
