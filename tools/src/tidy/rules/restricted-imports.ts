import type { Finding, Rule } from '../finding.js';
import { isSource, isTest, lineAt } from '../project.js';

interface Restriction {
  readonly rule: string;
  readonly modules: RegExp;
  /** Paths that may import the modules. */
  readonly allowed: readonly RegExp[];
  /** Whether `import type` is free, because it leaves nothing behind in JavaScript. */
  readonly typesFree: boolean;
  readonly message: string;
}

const streets: readonly RegExp[] = [
  /^examples\//,
  /^benchmarks\//,
  /^proof\//,
  /^studies\//,
  /^tools\//,
  /^packages\/[^/]+\/test\//,
];

const restrictions: readonly Restriction[] = [
  {
    rule: 'one-door-to-the-disk',
    modules: /^(?:node:)?fs(?:\/promises)?$/,
    allowed: [
      ...streets,
      /^packages\/fs-[^/]+\//,
      /^packages\/testing\/src\/(?:node-fs|real(?:-[a-z-]+)?)\//,
    ],
    typesFree: true,
    message:
      'only the fs-* packages touch the file system. Take a StorageDirectory from @seglog/core instead ' +
      '(real faults of the testing package stand in packages/testing/src/real/).',
  },
  {
    rule: 'container-at-the-front-door',
    modules: /^inversify(?:\/|$)/,
    allowed: [...streets, /^packages\/[^/]+\/src\/inversify\.ts$/, /^packages\/seglog\//],
    typesFree: false,
    message:
      'only src/inversify.ts of a package knows the container. Take the part as a constructor parameter and bind it in src/inversify.ts.',
  },
  {
    rule: 'container-at-the-front-door',
    modules: /^reflect-metadata(?:\/|$)/,
    allowed: [...streets, /^packages\/[^/]+\/src\/inversify\.ts$/, /^packages\/seglog\//],
    typesFree: false,
    message:
      'our classes carry no decorators, so only src/inversify.ts may import reflect-metadata. Remove the import.',
  },
];

/** The disk and the container are each reached through one door. */
export const restrictedImports: Rule = (project) =>
  project.sources
    .filter(({ path }) => isSource(path) || isTest(path))
    .flatMap((file) =>
      file.imports.flatMap((found): readonly Finding[] =>
        restrictions
          .filter(({ modules }) => modules.test(found.specifier))
          .filter(({ allowed }) => !allowed.some((pattern) => pattern.test(file.path)))
          .filter(({ typesFree }) => !(typesFree && found.typeOnly))
          .map(({ rule, message }) => ({
            path: file.path,
            line: lineAt(file.text, found.position),
            rule,
            message: `'${found.specifier}': ${message}`,
          })),
      ),
    );
