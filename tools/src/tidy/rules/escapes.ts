import type { Finding, Rule } from '../finding.js';
import { findMatches } from '../finding.js';
import { isTest, type SourceFile } from '../project.js';

/** No way around the compiler, and no promise in a comment that nobody keeps. */
export const escapes: Rule = (project) =>
  project.sources.flatMap((file) => [...types(file), ...directives(file), ...promises(file)]);

function types(file: SourceFile): readonly Finding[] {
  if (!file.path.endsWith('.ts')) return [];
  const rule = 'no-escape';
  return [
    ...findMatches(file, file.code, /\bas\s+any\b|[:<|&]\s*any\b(?!\s*[:(.])|\bany\[\]/g, () => ({
      rule,
      message: "'any' switches the compiler off. Write the type, or 'unknown' and narrow it.",
    })),
    ...findMatches(file, file.code, /\bas\s+unknown\s+as\b/g, () => ({
      rule,
      message:
        "'as unknown as' claims what nobody checked. Write a type guard that looks, or fix the declared type.",
    })),
  ];
}

function directives(file: SourceFile): readonly Finding[] {
  return findMatches(file, file.comments, /@ts-(ignore|nocheck|expect-error)\b([^\n]*)/g, (match) => {
    const [, name, reason = ''] = match;
    if (name === 'expect-error' && isTest(file.path) && /\w.{8,}/.test(reason)) return undefined;
    const message =
      name === 'expect-error'
        ? '@ts-expect-error stands only in tests that check a type, with the reason behind it on the line.'
        : `@ts-${name} hides an error. Mend the type instead.`;
    return { rule: 'no-escape', message };
  });
}

function promises(file: SourceFile): readonly Finding[] {
  return findMatches(file, file.comments, /\b(TODO|FIXME|XXX|HACK)\b(\([a-z][\w-]*\): *\S+)?/g, (match) => {
    if (match[1] === 'TODO' && match[2]) return undefined;
    const message = `${match[1]} without an owner. Do it now, or write 'TODO(name): what and why'.`;
    return { rule: 'no-orphaned-todo', message };
  });
}
