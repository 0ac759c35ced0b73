import type { Finding, Rule } from '../finding.js';
import { findMatches } from '../finding.js';
import { isSource, type SourceFile } from '../project.js';

const maxLines = 300;
const maxMainLines = 80;

/** Files are short, export by name, and only index.ts re-exports. */
export const shapeOfFiles: Rule = (project) =>
  project.sources
    .filter(isTypeScript)
    .flatMap((file) => [...tooLong(file), ...defaultExports(file), ...barrels(file)]);

const isTypeScript = ({ path }: SourceFile): boolean => path.endsWith('.ts') && !path.endsWith('.d.ts');

function tooLong(file: SourceFile): readonly Finding[] {
  if (!isSource(file.path)) return [];
  const isMain = /^examples\/[^/]+\/src\/main\.ts$/.test(file.path);
  const limit = isMain ? maxMainLines : maxLines;
  const lines = file.text.split('\n').length - (file.text.endsWith('\n') ? 1 : 0);
  if (lines <= limit) return [];
  const advice = isMain
    ? 'An example shows one seam: move what is not the point into files beside it.'
    : 'Split it: one main thing per file, named after it (aim at 60-130 lines).';
  return [
    {
      path: file.path,
      line: limit + 1,
      rule: 'file-size',
      message: `${lines} lines, at most ${limit}. ${advice}`,
    },
  ];
}

const configFiles = /(?:^|\/)(?:vitest\.shared|[\w.-]+\.config)\.ts$/;

function defaultExports(file: SourceFile): readonly Finding[] {
  if (configFiles.test(file.path)) return [];
  return findMatches(file, file.code, /\bexport\s+default\b|\bexport\s*\{[^}]*\bas\s+default\b/g, () => ({
    rule: 'no-default-export',
    message: 'export it by its name, so that every file calls it the same.',
  }));
}

const reExport = /\bexport\s+(?:type\s+)?(?:\*(?:\s+as\s+\w+)?|\{[^}]*\})\s*from\s*(['"])\s*\1;?/g;

function barrels(file: SourceFile): readonly Finding[] {
  if (!isSource(file.path)) return [];
  const isIndex = /^(?:packages\/[^/]+|tools)\/src\/index\.ts$/.test(file.path);
  const rest = file.code.replace(reExport, (match) => match.replace(/[^\n]/g, ' '));
  const own = rest.replace(/\bexport\s*\{\s*\};?/, '').trim();
  const at = (position: number): number => file.code.slice(0, position).split('\n').length;
  if (isIndex && own !== '') {
    const message =
      'index.ts holds re-exports only. Move the code into a file named after it and re-export that.';
    return [{ path: file.path, line: at(rest.search(/\S/)), rule: 'index-re-exports', message }];
  }
  if (!isIndex && own === '' && rest !== file.code) {
    const message =
      'only src/index.ts re-exports. Import from the defining file, and list the export in src/index.ts.';
    return [{ path: file.path, line: 1, rule: 'no-barrel', message }];
  }
  return [];
}
