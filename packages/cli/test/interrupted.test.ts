import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { directoryOf } from '@seglog/testing';
import { afterAll, expect, test } from 'vitest';
import { runCommand } from '../src/run-command.js';
import { freshPath, removeStores, seglog, storeOnDisk } from './run-cli.js';
import { knownStore } from './stores/known-store.js';

afterAll(removeStores);

const HEADER = '{"type":"seglog-export","version":1,"topics":1}\n';

/** An import whose input stays open, as a pipe does whose writer is busy. */
function importing(signal: AbortSignal): { readonly input: PassThrough; readonly code: Promise<number> } {
  const input = new PassThrough();
  const [output, errors] = [new PassThrough().resume(), new PassThrough().resume()];
  const terminal = { input, output, errors, colors: false, interactive: false, columns: 100, signal };
  return { input, code: runCommand(['import', freshPath(), '--write'], terminal) };
}

test('a command that was interrupted does not say that nothing wrong was found', async () => {
  const store = await storeOnDisk(await directoryOf((await knownStore()).image));
  const run = await seglog(['verify', store, '--deep', '--json'], { signal: AbortSignal.abort() });
  expect(run.code).toBe(4);
  expect(JSON.parse(run.err).error.code).toBe('INTERRUPTED');
});

test('an import that waits for its input ends when it is interrupted', async () => {
  const stop = new AbortController();
  const { input, code } = importing(stop.signal);
  input.write(HEADER);
  setTimeout(() => stop.abort(), 50);
  expect(await code).toBe(4);
});

test('an import that is refused lets go of its input, so that who writes it is told', async () => {
  const { input, code } = importing(new AbortController().signal);
  const closed = once(input, 'close');
  input.write('no export\n');
  expect(await code).toBe(4);
  await closed;
});
