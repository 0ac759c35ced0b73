import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository. */
export const ROOT: string = fileURLToPath(new URL('../../..', import.meta.url));

/** A block of JavaScript or TypeScript in a document: a program of its own. */
export interface CodeBlock {
  /** From the repository's root. */
  readonly document: string;
  /** Line of the document on which the code starts. */
  readonly line: number;
  readonly language: 'js' | 'ts';
  readonly code: string;
  /** What it says that it prints, line by line: the rest of each line behind `// prints `. */
  readonly prints: readonly string[];
}

/** Documents whose code is for readers to copy. */
export function documentsWithCode(): readonly string[] {
  const guides = readdirSync(join(ROOT, 'docs', 'guide')).map((name) => join('docs', 'guide', name));
  const packages = readdirSync(join(ROOT, 'packages')).map((name) => join('packages', name, 'README.md'));
  return ['README.md', ...guides.filter((path) => path.endsWith('.md')), ...packages];
}

export function codeBlocks(document: string): readonly CodeBlock[] {
  const text = readFileSync(join(ROOT, document), 'utf8');
  return [...text.matchAll(/^```(js|ts)\n(.*?)^```$/gms)].map((match) => {
    const [, language, code = ''] = match;
    return {
      document,
      line: text.slice(0, match.index).split('\n').length + 1,
      language: language === 'ts' ? 'ts' : 'js',
      code,
      prints: [...code.matchAll(/\/\/ prints (.*)$/gm)].map(([, line = '']) => line.trimEnd()),
    };
  });
}

/** A name for the file that holds the block, from which a reader of an error finds it. */
export function fileNameOf({ document, line, language }: CodeBlock): string {
  return `${document.replace(/\.md$/, '').replaceAll(/[^A-Za-z-]+/g, '.')}.${line}.m${language}`;
}
