import type { Finding, Rule } from '../finding.js';
import { findMatches } from '../finding.js';
import type { Project, ProjectFile } from '../project.js';

/** Links between our documents lead somewhere: the file is there, and the heading is in it. */
export const links: Rule = (project) =>
  [...project.files.values()]
    .filter(({ path }) => path.endsWith('.md'))
    .flatMap((file) => deadLinks(project, file));

const link = /\[[^\]\n]*\]\(([^()\s]+)\)/g;

function deadLinks(project: Project, file: ProjectFile): readonly Finding[] {
  return findMatches(file, withoutCode(file.text), link, (match) => {
    const target = match[1] ?? '';
    // What lies outside the repository is not ours to know.
    if (/^[a-z][a-z+.-]*:/.test(target)) return undefined;
    const message = complaint(project, file, target);
    return message === undefined ? undefined : { rule: 'no-dead-link', message };
  });
}

function complaint(project: Project, file: ProjectFile, target: string): string | undefined {
  const [relative = '', anchor] = target.split('#');
  const path = relative === '' ? file.path : resolve(file.path, relative);
  const document = project.files.get(path);
  if (document === undefined) {
    if (anchor === undefined && isFolder(project, path)) return undefined;
    return `'${target}' leads nowhere: there is no ${path}. Correct the link, or write the page.`;
  }
  if (anchor === undefined) return undefined;
  const known = anchorsOf(document.text);
  if (known.includes(anchor)) return undefined;
  return `'${target}' leads to no heading of ${path}. There are ${known.map((name) => `#${name}`).join(', ')}.`;
}

function resolve(from: string, relative: string): string {
  return decodeURIComponent(new URL(relative, `file:///${from}`).pathname.slice(1)).replace(/\/$/, '');
}

function isFolder(project: Project, path: string): boolean {
  return [...project.files.keys()].some((known) => known.startsWith(`${path}/`));
}

/** As code hosts name headings: lower case, punctuation gone, blanks as hyphens, a number behind the second of a name. */
function anchorsOf(text: string): readonly string[] {
  const seen = new Map<string, number>();
  return [...withoutFences(text).matchAll(/^#{1,6} +(.*?) *#*$/gm)].map(([, heading = '']) => {
    const name = slug(heading);
    const before = seen.get(name) ?? 0;
    seen.set(name, before + 1);
    return before === 0 ? name : `${name}-${before}`;
  });
}

function slug(heading: string): string {
  return heading
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\p{M}_\- ]/gu, '')
    .replaceAll(' ', '-');
}

const withoutCode = (text: string): string => withoutFences(text).replaceAll(/`[^`\n]*`/g, blanked);
const withoutFences = (text: string): string => text.replaceAll(/^```.*?^```$/gms, blanked);
const blanked = (match: string): string => match.replaceAll(/[^\n]/g, ' ');
