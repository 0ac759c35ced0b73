import type { Finding, Rule, Said } from '../finding.js';
import { findMatches } from '../finding.js';
import { lineAt, type ProjectFile } from '../project.js';

/** Nothing in the repository names the machine or the registry that it was written with. */
export const cleanText: Rule = (project) =>
  [...project.files.values()].flatMap((file) => [
    ...registryHosts(file),
    ...machinePaths(file),
    ...lockedAddresses(file),
  ]);

const registryHost =
  /\bregistry\.[a-z0-9-]+\.[a-z]{2,}|\b(?:npmjs\.(?:org|com)|yarnpkg\.com|npmmirror\.com|npm\.pkg\.github)/gi;

const sayHost = (match: RegExpExecArray): Said => ({
  rule: 'no-registry-host',
  message: `'${match[0]}' names a registry. Remove it: which registry answers is the matter of the machine.`,
});

function registryHosts(file: ProjectFile): readonly Finding[] {
  const setting = /(?:^|\/)\.(?:npm|yarn)rc(?:\.yml)?$/.test(file.path)
    ? /^(?:@[\w.-]+:)?registry\s*[=:].*$/gim
    : undefined;
  return [registryHost, ...(setting ? [setting] : [])].flatMap((pattern) =>
    findMatches(file, file.text, pattern, sayHost),
  );
}

const machinePath =
  /(?<![\w.@$}~:*)-])\/(?:work|home\/[\w.-]+|root|Users\/[\w.-]+|tmp)\/[\w.-]+|\b[A-Z]:\\Users\\\w+/g;

function machinePaths(file: ProjectFile): readonly Finding[] {
  return findMatches(file, file.text, machinePath, (match) => ({
    rule: 'no-machine-path',
    message: `'${match[0]}' exists on one machine only. Use a path relative to the file, or mkdtemp(join(tmpdir(), 'seglog-')).`,
  }));
}

function lockedAddresses(file: ProjectFile): readonly Finding[] {
  if (!/(?:^|\/)package-lock\.json$/.test(file.path)) return [];
  return [...file.text.matchAll(/"resolved": "[a-z+]+:\/\/[^"]*"/g)].map((match) => ({
    path: file.path,
    line: lineAt(file.text, match.index),
    rule: 'no-registry-host',
    message:
      'the lock file names an address. Remove the line: .npmrc has omit-lockfile-registry-resolved for the next install.',
  }));
}
