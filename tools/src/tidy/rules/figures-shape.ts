import { figureProblems } from '../../figures/figure.js';
import type { Finding, Rule } from '../finding.js';
import type { Manifest, Project } from '../project.js';

const path = 'docs/figures.json';

/** Figures come from commands: each entry is whole, and names a command that exists. */
export const figuresShape: Rule = (project) => {
  const file = project.files.get(path);
  if (!file) return [];
  const entries: unknown = JSON.parse(file.text);
  if (typeof entries !== 'object' || entries === null) return [finding(1, 'it holds an object of figures.')];
  return Object.entries(entries).flatMap(([key, figure]) => {
    const line = file.text.split('\n').findIndex((text) => text.startsWith(`  "${key}"`)) + 1;
    return [...figureProblems(key, figure), ...unknownCommand(project, figure)].map((problem) =>
      finding(
        line,
        `${key}: ${problem} Figures are written by recordFigures of @seglog/tools, never by hand.`,
      ),
    );
  });
};

const finding = (line: number, message: string): Finding => ({ path, line, rule: 'figures', message });

function unknownCommand(project: Project, figure: unknown): readonly string[] {
  if (typeof figure !== 'object' || figure === null || !('command' in figure)) return [];
  const script = /^npm (?:run )?(?:--silent )?(\S+)/.exec(String(figure.command))?.[1];
  const root: Manifest = JSON.parse(project.files.get('package.json')?.text ?? '{}');
  if (script && root.scripts?.[script]) return [];
  return [`'${String(figure.command)}' is no script of the root package.json.`];
}
