import type { Finding, Rule } from '../finding.js';
import { findMatches } from '../finding.js';
import { isTest, type SourceFile } from '../project.js';

/** Every test runs, alone or with all others, and can fail. */
export const honestTests: Rule = (project) =>
  project.sources.flatMap((file) => [
    ...(isTest(file.path) ? markedTests(file) : []),
    ...(isTestFile(file.path) ? [...misplaced(file), ...withoutAssertion(file)] : []),
  ]);

const isTestFile = (path: string): boolean => /\.(?:test|spec)\.[cm]?[jt]s$/.test(path);

const marked =
  /\b(?:describe|it|test|suite|bench)(?:\.\w+)*\.(only|skip|todo)\b|\b(fdescribe|fit|xdescribe|xit|xtest)\s*\(/g;

const advice: Readonly<Record<string, string>> = {
  only: 'it hides every other test of the file. Remove it.',
  skip: "mend or delete the test. What this machine cannot run calls context.skip('why'), which is printed and counted.",
  todo: 'write the test, or nothing.',
};

function markedTests(file: SourceFile): readonly Finding[] {
  return findMatches(file, file.code, marked, (match) => {
    const word = match[1] ?? (match[2]?.startsWith('f') ? 'only' : 'skip');
    return { rule: 'honest-tests', message: `'${match[0].trim()}': ${advice[word]}` };
  });
}

function misplaced(file: SourceFile): readonly Finding[] {
  if (isTest(file.path) && file.path.endsWith('.test.ts')) return [];
  const message = 'the runner looks for test/**/*.test.ts only. Move or rename the file, or it never runs.';
  return [{ path: file.path, line: 1, rule: 'honest-tests', message }];
}

const assertion = /\bexpect\w*\s*[.(<]|\bassert\w*\s*[.(<]|\bfc\.assert\b|\w*[cC]onformance\w*\s*[(<]/;

function withoutAssertion(file: SourceFile): readonly Finding[] {
  if (assertion.test(file.code)) return [];
  const message = 'nothing here can fail: no expect, assert or conformance suite. Assert what must hold.';
  return [{ path: file.path, line: 1, rule: 'honest-tests', message }];
}
