import type { Finding, Rule } from '../finding.js';
import { packageMap } from '../house-map.js';
import type { Import } from '../imports.js';
import {
  isPackageSource,
  isSource,
  isTest,
  lineAt,
  type Project,
  type SourceFile,
  type Workspace,
} from '../project.js';

type Complaint = string | undefined;

/** Packages import downwards only, by name, what their package.json declares. */
export const packageDirection: Rule = (project) =>
  project.sources
    .filter(({ path }) => isSource(path) || isTest(path))
    .flatMap((file) => file.imports.flatMap((found) => complaints(project, file, found)));

function complaints(project: Project, file: SourceFile, found: Import): readonly Finding[] {
  const home = project.workspaceOf(file.path);
  if (!home) return [];
  const message = found.specifier.startsWith('.')
    ? leavesHome(home, file, found.specifier)
    : crossesFloors(project, home, file, found.specifier);
  if (!message) return [];
  return [{ path: file.path, line: lineAt(file.text, found.position), rule: 'package-direction', message }];
}

function leavesHome(home: Workspace, file: SourceFile, specifier: string): Complaint {
  const target = new URL(specifier, `file:///${file.path}`).pathname.slice(1);
  if (target.startsWith(`${home.folder}/`)) return undefined;
  return `'${specifier}' reaches into another folder. Import the package by its name, through what its index exports.`;
}

function crossesFloors(project: Project, home: Workspace, file: SourceFile, specifier: string): Complaint {
  const name = /^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier;
  const target = project.workspaceNamed(name);
  if (!target) return undefined;
  if (target === home)
    return `a package does not import itself by name: use a relative path instead of '${specifier}'.`;
  return (
    notExported(target, name, specifier) ??
    (isPackageSource(file.path) ? upOrSideways(home, target) : undefined) ??
    notDeclared(home, file, name)
  );
}

function notExported(target: Workspace, name: string, specifier: string): Complaint {
  const subpath = `.${specifier.slice(name.length)}`;
  if (subpath in (target.manifest.exports ?? {})) return undefined;
  return `'${specifier}' is not exported by ${name}. Import from '${name}', and export there what others may use.`;
}

function upOrSideways(home: Workspace, target: Workspace): Complaint {
  const allowed = packageMap[home.short];
  if (!allowed) {
    return `${home.folder} is not on the map. Add it to packageMap in tools/src/tidy/house-map.ts with what it may import.`;
  }
  if (allowed.includes(target.short)) return undefined;
  const may = allowed.length === 0 ? 'none of our packages' : allowed.join(', ');
  return `${home.short} must not import ${target.short}: imports point down, and ${home.short} may import ${may}. ${wayOut(home, target)}`;
}

function wayOut(home: Workspace, target: Workspace): string {
  if (target.short === 'testing') return 'Move this file to test/, or the shared part to core.';
  if (target.short.startsWith('fs-')) {
    return 'Take a StorageDirectory as a constructor parameter and let the caller bring the disk.';
  }
  if (target.short === 'seglog')
    return 'Import the package that defines the part; the umbrella stands above you.';
  if (home.short === 'core')
    return 'Put the interface into packages/core/src/contract and let the other package implement it.';
  return 'Put the shared interface into packages/core/src/contract and import it from @seglog/core.';
}

function notDeclared(home: Workspace, file: SourceFile, name: string): Complaint {
  const { dependencies, peerDependencies, optionalDependencies, devDependencies } = home.manifest;
  const declared = { ...dependencies, ...peerDependencies, ...optionalDependencies };
  if (name in declared) return undefined;
  if (isTest(file.path) && name in (devDependencies ?? {})) return undefined;
  const section = isTest(file.path) ? 'devDependencies' : 'dependencies';
  return `${name} is not declared. Add it to ${section} of ${home.folder}/package.json.`;
}
