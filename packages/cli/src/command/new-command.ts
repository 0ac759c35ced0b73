import { basename, resolve } from 'node:path';
import type { StorageDirectory } from '@seglog/core';
import { PreadDirectory } from '@seglog/fs-pread';
import { CommandFailure, EXIT } from '../place/exit-code.js';
import { PARTS, type ScaffoldFile, scaffold } from '../scaffold/scaffold.js';
import { VERSION } from '../version.js';
import { type CommandSpec, JSON_OPTION } from './command-spec.js';
import { flagGiven, misuse, textGiven } from './given.js';
import { printJson, printLines } from './output.js';

export const newCommand: CommandSpec = {
  name: 'new',
  summary: 'a package with a part of your own, which passes its exam at once',
  description:
    'Makes a folder with a package in plain JavaScript: a codec, an index store, a segment reader or a disk that works, and the exam ' +
    'of its interface as tests for the runner of Node. Without --write it lists the files.',
  words: [
    {
      name: '<name>',
      description: 'a folder that is not there yet; its last part is the name of the package',
    },
  ],
  options: [
    { flags: '--part <kind>', description: `${PARTS.join(', ')}; default index` },
    { flags: '--write', description: 'make the folder' },
    JSON_OPTION,
  ],
  example: 'seglog new my-index --part index --write',
  exits: [],
  async run({ terminal, words, options }) {
    const path = resolve(words[0] ?? '');
    const name = basename(path);
    if (!/^[a-z][a-z0-9-]{0,100}$/.test(name))
      throw misuse(`a package is named with small letters, digits and hyphens, not ${JSON.stringify(name)}`);
    const given = textGiven(options, 'part') ?? 'index';
    const kind = PARTS.find((one) => one === given);
    if (kind === undefined) throw misuse(`--part takes one of ${PARTS.join(', ')}, not ${given}`);
    const files = scaffold(name, kind, VERSION);
    const write = flagGiven(options, 'write');
    if (write) await writeAll(path, files);
    if (flagGiven(options, 'json')) await printJson(terminal, { written: write, path, files });
    else {
      const last = write
        ? `next: cd ${words[0]} && npm install && npm test`
        : 'nothing was written: add --write to make them';
      await printLines(terminal, [...files.map((file) => `${name}/${file.path}`), last]);
    }
    return EXIT.ok;
  },
};

async function writeAll(path: string, files: readonly ScaffoldFile[]): Promise<void> {
  const folder = new PreadDirectory(path);
  try {
    if ((await folder.list()).length > 0) {
      throw new CommandFailure(`there is something in ${path}`, {
        exitCode: EXIT.failed,
        code: 'EXISTS',
        wayOut: 'choose another name: nothing is ever written over',
      });
    }
    for (const { path: file, text } of files) await writeFile(folder, file.split('/'), text);
  } finally {
    await folder.close();
  }
}

async function writeFile(folder: StorageDirectory, names: readonly string[], text: string): Promise<void> {
  let home = folder;
  for (const name of names.slice(0, -1)) home = await home.directory(name, { create: true });
  const file = await home.create(names.at(-1) ?? '');
  try {
    await file.write(0, [new TextEncoder().encode(text)]);
  } finally {
    await file.close();
  }
}
