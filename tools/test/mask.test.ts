import { expect, test } from 'vitest';
import { findImports } from '../src/tidy/imports.js';
import { mask } from '../src/tidy/mask.js';

const code = (text: string): string => mask(text).code;
const specifiers = (text: string): readonly string[] =>
  findImports(text, mask(text)).map(({ specifier, typeOnly }) =>
    typeOnly ? `type ${specifier}` : specifier,
  );

test('positions and lines stay what they were', () => {
  const text = "const a = 'x😀'; // note 😀\nconst b = `x` /* why */;\n";
  const { code: masked, comments } = mask(text);
  expect([masked.length, comments.length]).toEqual([text.length, text.length]);
  expect(masked.match(/\n/g)).toHaveLength(2);
});

test('comments and the contents of strings are not code', () => {
  expect(code('f(\'secret\', "secret", `secret`); // secret\n/* secret */ g();')).not.toContain('secret');
  expect(mask('a(); // first\n/* second */').comments).toMatch(/\/\/ first\n\/\* second \*\//);
});

test('code inside a template is code, at any depth', () => {
  expect(code('`a $'.concat('{one} b $', '{`c $', '{two({ x: 1 })}`} d` + three'))).toMatch(
    /one.*two\({ x: 1 }\).*three/,
  );
});

test('an escaped quote does not end a string', () => {
  expect(code("f('it\\'s // no comment'); g();")).toMatch(/f\('\s+'\); g\(\);/);
});

test('quotes and slashes inside a regular expression begin nothing', () => {
  expect(code('a.match(/[\'"`/]/g); visible();')).toContain('visible()');
  expect(code("const x = /[/'] \\/ '/; visible();")).toContain('visible()');
});

test('a division begins no regular expression', () => {
  expect(code("const x = (a + b) / c; f('x'); const y = d / e;")).toMatch(
    /\/ c; f\(' '\); const y = d \/ e;/,
  );
});

test('every form of import is found', () => {
  const text = [
    "import a from 'one';",
    "import { type b, c } from 'two';",
    "import type { d } from 'three';",
    "import 'four';",
    "export * from 'five';",
    "export type { e } from 'six';",
    "const f = await import('seven');",
    "const g = require('eight');",
    'import {\n  h,\n  i,\n} from "nine";',
  ].join('\n');
  expect(specifiers(text)).toEqual([
    'one',
    'two',
    'type three',
    'four',
    'five',
    'type six',
    'seven',
    'eight',
    'nine',
  ]);
});

test('an import in a comment or a string is none', () => {
  expect(specifiers("// import 'one'\n/* import x from 'two' */ const s = \"import 'three'\";")).toEqual([]);
});

test('an import named type is no type import', () => {
  expect(specifiers("import type from 'one';\nimport type, { a } from 'two';")).toEqual(['one', 'two']);
});
