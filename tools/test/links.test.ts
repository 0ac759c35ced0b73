import { expect, test } from 'vitest';
import { printFinding } from '../src/tidy/finding.js';
import { Project } from '../src/tidy/project.js';
import { links } from '../src/tidy/rules/links.js';

/** What the rule finds in these documents. */
function found(documents: Readonly<Record<string, string>>): readonly string[] {
  const files = Object.entries(documents).map(([path, text]) => ({ path, text }));
  return links(new Project(files)).map(printFinding);
}

const page = '# A page\n\n## What *it* is, `said` twice\n\n## Again\n\n## Again\n';

test('links to files, folders and headings that are there', () => {
  const text = [
    '[file](docs/page.md) and [folder](docs) and [folder](docs/), [up](./docs/../README.md)',
    '[heading](docs/page.md#what-it-is-said-twice) [second](docs/page.md#again-1) [own](#here)',
    '[elsewhere](https://example.org/nothing#at-all) `[code](nothing.md)`',
    '## Here',
    '```md\n[example](nothing.md)\n```',
  ].join('\n\n');
  expect(found({ 'README.md': text, 'docs/page.md': page })).toEqual([]);
});

test('a link to a file that is not there', () => {
  expect(found({ 'docs/page.md': 'See\n[this](../nothing.md).' })).toEqual([
    "docs/page.md:2  [no-dead-link] '../nothing.md' leads nowhere: there is no nothing.md. Correct the link, or write the page.",
  ]);
});

test('a link to a heading that is not there names those that are', () => {
  expect(found({ 'README.md': '[x](page.md#gone) [y](#gone)', 'page.md': page })).toEqual([
    "README.md:1  [no-dead-link] 'page.md#gone' leads to no heading of page.md. There are #a-page, #what-it-is-said-twice, #again, #again-1.",
    "README.md:1  [no-dead-link] '#gone' leads to no heading of README.md. There are .",
  ]);
});
