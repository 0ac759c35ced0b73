import type { Finding, Rule } from '../finding.js';
import { findMatches } from '../finding.js';
import { isSource, isTest, type SourceFile } from '../project.js';

const wornWords: Readonly<Record<string, string>> = {
  manager: 'Name what it does (LogCleaner, SegmentSet); only TopicManager keeps the word, its users know it.',
  helper: 'Name the thing itself, or make it a function named after its result.',
  util: 'Name the thing itself and put it beside its only user, or into the room it belongs to.',
  impl: 'Name what sets this one apart (PreadDirectory, MemoryDirectory).',
};

const emptyFolders = ['models', 'utils', 'helpers', 'types', 'common', 'misc', 'interfaces', 'shared'];

/** Names say what a thing is. */
export const names: Rule = (project) =>
  project.sources
    .filter(({ path }) => isSource(path) || isTest(path))
    .flatMap((file) => [...fileName(file), ...declaredNames(file)]);

function wornWord(words: readonly string[]): string | undefined {
  return words
    .map((word) => word.toLowerCase().replace(/s$/, ''))
    .find((word) => Object.hasOwn(wornWords, word));
}

function fileName(file: SourceFile): readonly Finding[] {
  const at = { path: file.path, line: 1 };
  const parts = file.path.replace(/^.*?\/(?:src|test)\//, '').split('/');
  const folder = parts.slice(0, -1).find((part) => emptyFolders.includes(part));
  const name = parts.at(-1) ?? '';
  const worn = wornWord(parts.flatMap((part) => part.split(/[-.]/)));
  const findings: Finding[] = [];
  if (folder) {
    const message = `a folder named '${folder}' says nothing about its content. Name it after its subject.`;
    findings.push({ ...at, rule: 'names', message });
  } else if (worn && !name.startsWith('topic-manager')) {
    findings.push({ ...at, rule: 'names', message: `the file name says '${worn}'. ${wornWords[worn]}` });
  }
  if (!parts.every((part) => /^[a-z0-9]+(?:[-.][a-z0-9]+)*$/.test(part))) {
    const message = `'${parts.join('/')}' is not kebab-case. Rename it after its main export: segment-writer.ts for SegmentWriter.`;
    findings.push({ ...at, rule: 'names', message });
  }
  return findings;
}

const declaration = /\b(class|interface|type|function|const|let|enum)\s+([A-Za-z_$][\w$]*)/g;

function declaredNames(file: SourceFile): readonly Finding[] {
  return findMatches(file, file.code, declaration, (match) => {
    const [, kind = '', name = ''] = match;
    const worn = wornWord(name.split(/(?<=[a-z0-9])(?=[A-Z])|_/));
    if (worn && !/^topicManager/i.test(name)) {
      return { rule: 'names', message: `'${name}' says '${worn}'. ${wornWords[worn]}` };
    }
    if ((kind === 'interface' || kind === 'type') && /^I[A-Z][a-z]/.test(name)) {
      const message = `'${name}': an interface has the plain name (${name.slice(1)}), its implementations carry the adjective.`;
      return { rule: 'names', message };
    }
    return undefined;
  });
}
