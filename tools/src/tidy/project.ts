import { findImports, type Import } from './imports.js';
import { type MaskedText, mask } from './mask.js';

/** One file of the repository, as the rules see it. */
export interface ProjectFile {
  /** Relative to the root, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

/** A file in a language whose imports and comments the rules understand. */
export interface SourceFile extends ProjectFile, MaskedText {
  readonly imports: readonly Import[];
}

/** What a package.json says, as far as the rules ask. */
export interface Manifest {
  readonly name?: string;
  readonly private?: boolean;
  readonly description?: string;
  readonly license?: string;
  readonly type?: string;
  readonly files?: readonly string[];
  readonly workspaces?: readonly string[];
  readonly exports?: Readonly<Record<string, unknown>>;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** A folder with a package.json of its own. */
export interface Workspace {
  /** For example `packages/core`. */
  readonly folder: string;
  /** The last part of the folder, which is what the map of the house calls it. */
  readonly short: string;
  readonly manifest: Manifest;
}

/** All that the rules may look at. Rules read it and touch nothing else. */
export class Project {
  readonly files: ReadonlyMap<string, ProjectFile>;
  readonly sources: readonly SourceFile[];
  readonly workspaces: readonly Workspace[];

  constructor(files: readonly ProjectFile[]) {
    this.files = new Map(files.map((file) => [file.path, file]));
    this.sources = files.filter((file) => /\.[cm]?[jt]s$/.test(file.path)).map(asSource);
    this.workspaces = files.filter((file) => /.\/package\.json$/.test(file.path)).map(asWorkspace);
  }

  workspaceOf(path: string): Workspace | undefined {
    return this.workspaces.find(({ folder }) => path.startsWith(`${folder}/`));
  }

  workspaceNamed(name: string): Workspace | undefined {
    return this.workspaces.find(({ manifest }) => manifest.name === name);
  }
}

function asSource(file: ProjectFile): SourceFile {
  const masked = mask(file.text);
  return { ...file, ...masked, imports: findImports(file.text, masked) };
}

function asWorkspace(file: ProjectFile): Workspace {
  const folder = file.path.slice(0, -'/package.json'.length);
  const manifest: Manifest = JSON.parse(file.text);
  return { folder, short: folder.slice(folder.lastIndexOf('/') + 1), manifest };
}

/** The line, counted from one, of a position in a text. */
export function lineAt(text: string, position: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < position; at = text.indexOf('\n', at + 1)) line++;
  return line;
}

export const isPackageSource = (path: string): boolean => /^packages\/[^/]+\/src\//.test(path);
export const isSource = (path: string): boolean =>
  /^(?:(?:packages|examples)\/[^/]+|benchmarks|proof|studies|tools)\/src\//.test(path);
export const isTest = (path: string): boolean =>
  /^(?:(?:packages|examples)\/[^/]+|benchmarks|proof|studies|tools)\/test\//.test(path);
