import type { Finding, Rule } from '../finding.js';
import { packageMap } from '../house-map.js';
import type { Project, Workspace } from '../project.js';

/** What every workspace has, and what a published package has besides. */
export const packageShape: Rule = (project) =>
  project.workspaces
    .filter(({ manifest }) => manifest.name)
    .flatMap((workspace) => [
      ...manifestOf(workspace),
      ...wiring(project, workspace),
      ...(workspace.manifest.private ? [] : published(project, workspace)),
    ]);

function finding(workspace: Workspace, message: string, file = 'package.json'): Finding {
  return { path: `${workspace.folder}/${file}`, line: 1, rule: 'package-shape', message };
}

function manifestOf(workspace: Workspace): readonly Finding[] {
  const { description, license, type, scripts, dependencies, devDependencies } = workspace.manifest;
  const ranges = Object.entries({ ...dependencies, ...devDependencies }).filter(
    ([, range]) => !/^\d/.test(range),
  );
  return [
    ...(description?.endsWith('.')
      ? []
      : [finding(workspace, "'description' is one sentence, with its full stop.")]),
    ...(license === 'MIT' ? [] : [finding(workspace, `'license' is "MIT", as in LICENSE.`)]),
    ...(type === 'module' ? [] : [finding(workspace, `'type' is "module": all our code is ESM.`)]),
    ...['build', 'test']
      .filter((name) => !scripts?.[name])
      .map((name) => finding(workspace, `no "${name}" script. Copy it from packages/core/package.json.`)),
    ...ranges.map(([name, range]) =>
      finding(workspace, `${name} is "${range}": pin one exact version, as in 1.2.3.`),
    ),
  ];
}

function wiring(project: Project, workspace: Workspace): readonly Finding[] {
  const references = project.files.get('tsconfig.json')?.text ?? '';
  const isReferenced = references.includes(`"./${workspace.folder}"`);
  const isOnMap = !workspace.folder.startsWith('packages/') || workspace.short in packageMap;
  return [
    ...['README.md', 'tsconfig.json', 'turbo.json']
      .filter((name) => !project.files.has(`${workspace.folder}/${name}`))
      .map((name) => finding(workspace, `there is no ${name}. ${missing[name]}`, name)),
    ...(isReferenced
      ? []
      : [finding(workspace, `add { "path": "./${workspace.folder}" } to tsconfig.json at the root.`)]),
    ...(isOnMap
      ? []
      : [finding(workspace, `add '${workspace.short}' to packageMap in tools/src/tidy/house-map.ts.`)]),
  ];
}

const missing: Readonly<Record<string, string>> = {
  'README.md': 'Begin with one sentence that says what it is for.',
  'tsconfig.json': 'Copy that of packages/core, with a reference for each of our packages that it imports.',
  'turbo.json':
    'It carries the tag of the floor on which it stands: core, adapter, engine, command, testing, umbrella, app or tool.',
};

function published(project: Project, workspace: Workspace): readonly Finding[] {
  const license = project.files.get('LICENSE')?.text;
  const own = project.files.get(`${workspace.folder}/LICENSE`)?.text;
  const { exports, files } = workspace.manifest;
  return [
    ...(own !== undefined && own === license
      ? []
      : [
          finding(
            workspace,
            'a published package carries the license. Copy LICENSE from the root.',
            'LICENSE',
          ),
        ]),
    ...(project.files.has(`${workspace.folder}/CHANGELOG.md`)
      ? []
      : [finding(workspace, 'no changelog. Run npx changeset and npx changeset version.', 'CHANGELOG.md')]),
    ...(exports?.['.'] ? [] : [finding(workspace, `'exports' has no ".": it is the only way in.`)]),
    ...(files?.includes('dist')
      ? []
      : [finding(workspace, `'files' lists what is packed; "dist" is missing.`)]),
  ];
}
