import { lineAt, type Project, type ProjectFile } from './project.js';

/** What a rule says about a place that is already known. */
export type Said = Pick<Finding, 'rule' | 'message'>;

/** A broken rule: where, which one, and what to do instead. */
export interface Finding {
  readonly path: string;
  readonly line: number;
  readonly rule: string;
  /** What is wrong and what to write instead. */
  readonly message: string;
}

/** A rule looks at the whole project, because some rules compare files. */
export type Rule = (project: Project) => readonly Finding[];

/** A finding at each match of a pattern. `searched` has the length of the file's text, with parts blanked. */
export function findMatches(
  file: ProjectFile,
  searched: string,
  pattern: RegExp,
  say: (match: RegExpExecArray) => Said | undefined,
): readonly Finding[] {
  return [...searched.matchAll(pattern)].flatMap((match) => {
    const said = say(match);
    return said ? [{ path: file.path, line: lineAt(file.text, match.index), ...said }] : [];
  });
}

/** One line that an editor can jump to. */
export const printFinding = ({ path, line, rule, message }: Finding): string =>
  `${path}:${line}  [${rule}] ${message}`;
