import { withDurabilitySection } from '../../figures/durability-section.js';
import type { Rule } from '../finding.js';

const page = 'docs/durability.md';

/** The table of figures on the page of durability is what docs/figures.json says. */
export const figuresPage: Rule = (project) => {
  const text = project.files.get(page)?.text;
  const figures = project.files.get('docs/figures.json')?.text;
  if (text === undefined || figures === undefined) return [];
  const due = withDurabilitySection(text, JSON.parse(figures));
  if (due === text) return [];
  const [lines, dueLines] = [text.split('\n'), due.split('\n')];
  const line = lines.findIndex((one, i) => one !== dueLines[i]) + 1;
  const message =
    'the figures differ from docs/figures.json. Whoever records figures writes this table; `npm run figures -- --page` does it without recording any.';
  return [{ path: page, line, rule: 'figures', message }];
};
