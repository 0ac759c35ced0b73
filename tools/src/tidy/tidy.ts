import type { Finding, Rule } from './finding.js';
import type { Project } from './project.js';
import { cleanText } from './rules/clean-text.js';
import { coreRooms } from './rules/core-rooms.js';
import { escapes } from './rules/escapes.js';
import { figuresPage } from './rules/figures-page.js';
import { figuresShape } from './rules/figures-shape.js';
import { hazards } from './rules/hazards.js';
import { honestTests } from './rules/honest-tests.js';
import { links } from './rules/links.js';
import { names } from './rules/names.js';
import { packageDirection } from './rules/package-direction.js';
import { packageShape } from './rules/package-shape.js';
import { restrictedImports } from './rules/restricted-imports.js';
import { shapeOfFiles } from './rules/shape-of-files.js';

const rules: readonly Rule[] = [
  packageDirection,
  coreRooms,
  restrictedImports,
  shapeOfFiles,
  names,
  escapes,
  honestTests,
  cleanText,
  packageShape,
  figuresShape,
  figuresPage,
  links,
  hazards,
];

/** Every place where the project breaks a house rule, by file and line. */
export function tidy(project: Project): readonly Finding[] {
  return rules
    .flatMap((rule) => rule(project))
    .toSorted(
      (a, b) => a.path.localeCompare(b.path) || a.line - b.line || a.message.localeCompare(b.message),
    );
}
