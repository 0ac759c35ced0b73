// abstract-level's own published test suite, unmodified, on a store in memory or, with an argument, on disk.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import suite from 'abstract-level/test/index.js';
import { MemoryDirectory, memoryModule, preadModule } from 'seglog';
import test from 'tape';
import { BitcaskLevel } from '../dist/bitcask-level.js';

const onDisk = process.argv[2] === 'disk';
const folder = onDisk ? mkdtempSync(join(tmpdir(), 'seglog-bitcask-suite-')) : '';
let made = 0;

function factory(options) {
  made += 1;
  const disk = onDisk ? preadModule(join(folder, String(made))) : memoryModule(new MemoryDirectory());
  return new BitcaskLevel([disk], options);
}

suite({ test, factory });
test.onFinish(() => {
  if (onDisk) rmSync(folder, { recursive: true });
});
