import { describe, expect, test } from 'vitest';
import { crc32c, Journal, MemoryDirectory, SystemRandom } from '../../src/index.js';
import type { JsonValue } from '../../src/journal/json-value.js';
import { firstEdits, type ManifestEdit } from '../../src/log/manifest.js';
import { ManifestFile } from '../../src/log/manifest-file.js';

const segment = { id: '1'.repeat(16), baseOffset: 0, createdAtMs: 1, predecessorId: undefined };
const FIRST = firstEdits('ab'.repeat(16), segment);

const partsOn = (directory: MemoryDirectory) => ({ directory, crc32c: crc32c(), random: new SystemRandom() });

/** A manifest whose file is whole and says this. */
async function saying(edits: readonly (JsonValue | ManifestEdit)[]): Promise<MemoryDirectory> {
  const directory = new MemoryDirectory();
  const options = { prefix: 'MANIFEST', checksum: crc32c(), random: new SystemRandom() };
  const plain = edits.map((edit): JsonValue => JSON.parse(JSON.stringify(edit)));
  await (await Journal.create(directory, options, plain)).close();
  return directory;
}

describe('the file of a manifest', () => {
  test('is written anew when it has grown long, and says the same', async () => {
    const directory = new MemoryDirectory();
    const manifest = await ManifestFile.create(partsOn(directory), FIRST);
    for (let epoch = 1; epoch <= 2000; epoch++) {
      await manifest.commit([{ type: 'epoch', epoch, ...(epoch % 7 === 0 ? { cut: true } : {}) }]);
    }
    const told = manifest.state;
    await manifest.close();
    const names = (await directory.list()).map(({ name }) => name);
    expect(names).toContain('CURRENT');
    expect(names).not.toContain('MANIFEST-1');
    const opened = await ManifestFile.open(partsOn(directory), { readOnly: false });
    expect(opened.state).toEqual(told);
    expect(opened.state).toMatchObject({ epoch: 2000, cutEpoch: 1995 });
    await opened.close();
  });

  test.each([{ type: 'a kind to come' }, { type: 7 }, { kind: 'epoch' }, ['epoch'], 'epoch', null])(
    'with an edit that this version does not know opens nothing: %j',
    async (edit) => {
      const directory = await saying([...FIRST, edit]);
      await expect(ManifestFile.open(partsOn(directory), { readOnly: false })).rejects.toMatchObject({
        code: 'UNSUPPORTED_FORMAT',
      });
    },
  );

  test('with edits that contradict each other opens nothing', async () => {
    const directory = await saying([...FIRST, ...FIRST]);
    await expect(ManifestFile.open(partsOn(directory), { readOnly: false })).rejects.toMatchObject({
      code: 'CORRUPT_METADATA',
    });
  });
});
