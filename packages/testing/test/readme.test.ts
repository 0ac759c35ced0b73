import { readFileSync } from 'node:fs';
import type { StorageDirectory } from '@seglog/core';
import { expect, test } from 'vitest';
import * as kit from '../src/index.js';

const README = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

/** The first block of JavaScript under a heading. */
function codeUnder(heading: string): string {
  const section = README.slice(README.indexOf(`## ${heading}`));
  return /```js\n([\s\S]*?)```/.exec(section)?.[1] ?? '';
}

/** Runs the code of the page as it stands: only its import line is replaced by the kit itself. */
async function run(code: string, given: Readonly<Record<string, unknown>>): Promise<readonly unknown[][]> {
  const printed: unknown[][] = [];
  const names = /import \{ ([^}]+) \} from '@seglog\/testing';/.exec(code)?.[1] ?? '';
  const body = `const { ${names} } = kit;\n${code.replace(/^import .*$/gm, '')}`;
  const scope = { kit, console: { log: (...words: unknown[]) => printed.push(words) }, ...given };
  const AsyncFunction = (async () => undefined).constructor as FunctionConstructor;
  await new AsyncFunction(...Object.keys(scope), body)(...Object.values(scope));
  return printed;
}

async function readCount(root: StorageDirectory): Promise<number> {
  if ((await root.sizeOf('count')) === undefined) return 0;
  return (await kit.readFile(root, 'count'))[0] ?? 0;
}

test('the page about the simulated disk says what happens', async () => {
  expect(await run(codeUnder('The simulated disk'), {})).toEqual([
    ['k', 1],
    ['d', 0],
    ['v', 1],
  ]);
});

test('the page about crashes finds no violation in a counter that is right', async () => {
  const [[states, distinct, timeline] = []] = await run(codeUnder('Every crash of an engine'), { readCount });
  expect(states).toBeGreaterThan(10);
  expect(distinct).toBeGreaterThan(3);
  expect(timeline).toBeUndefined();
});
