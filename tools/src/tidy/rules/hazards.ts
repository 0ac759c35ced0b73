import type { Finding, Rule } from '../finding.js';
import type { Project } from '../project.js';

const page = 'docs/hazards.md';
const proof = /`([^`]+)` in \[[^\]]+\]\(\.\.\/([^)]+)\)/g;
const ownTests = /^packages\/testing\/test\/hazards-[a-z]+\.test\.ts$/;

/** Every hazard that the page lists is held off by a test that exists, and no test of a hazard is left out. */
export const hazards: Rule = (project) => {
  const file = project.files.get(page);
  if (!file) return [];
  const lines = file.text.split('\n');
  const wrong = lines.flatMap((line, i) =>
    isRow(line, lines[i + 1]) ? complaints(project, line).map((message) => finding(i + 1, message)) : [],
  );
  return [...wrong, ...leftOut(project, file.text)];
};

const finding = (line: number, message: string): Finding => ({ path: page, line, rule: 'hazards', message });

function isRow(line: string, next: string | undefined): boolean {
  return line.startsWith('| ') && !(next ?? '').startsWith('|---');
}

function complaints(project: Project, line: string): readonly string[] {
  const proofs = [...line.matchAll(proof)];
  if (proofs.length === 0) return ['a hazard names the tests that hold it off: `title` in [file](../path).'];
  return proofs.flatMap(([, title = '', path = '']) => {
    if (project.files.get(path)?.text.includes(title)) return [];
    return [`there is no test '${title}' in ${path}. Name the test that holds this hazard off, or write it.`];
  });
}

function leftOut(project: Project, text: string): readonly Finding[] {
  const tests = [...project.files.values()].filter(({ path }) => ownTests.test(path));
  return tests.flatMap(({ path, text: source }) =>
    [...source.matchAll(/\btest\('([^']+)'/g)]
      .filter(([, title = '']) => !text.includes(`\`${title}\``))
      .map(([, title]) => finding(1, `the test '${title}' of ${path} is in no row.`)),
  );
}
