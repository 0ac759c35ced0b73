import {
  crc32c,
  type MemoryDirectory,
  SlotFile,
  type StorageDirectory,
  type StoreFinding,
} from '@seglog/core';
import { readImage, type StoreFault, type StoreImage } from '@seglog/testing';

const JOURNAL_MARK = 0xff534a4d;
const JOURNAL_MARK_BYTES = 40;

/** Damage, of records or of what is made anew from them. */
export const isDamage = ({ severity }: StoreFinding): boolean =>
  severity === 'damage' || severity === 'derived';

/** What was removed on purpose goes with the next opening, also after a clean close. */
export const isAlarm = ({ severity, message }: StoreFinding): boolean =>
  severity !== 'note' && !/was removed|to be removed/.test(message);

/**
 * Whether findings that were not there before speak of the file that was damaged. Where files changed places or an older one
 * came back, each of them may be whole, and what does not fit is any of them. An edit that a manifest or a catalog has lost, with
 * nothing left of it, shows at the segments or topics that it spoke of.
 */
export function isFound(
  findings: readonly StoreFinding[],
  fault: StoreFault,
  before: readonly StoreFinding[],
): boolean {
  const { kind } = fault.fault;
  const anywhere = kind === 'swap' || kind === 'replace';
  const spokenOf = kind === 'truncate' ? subjectsOf(fault) : undefined;
  const known = new Set(before.map(wordsOf));
  return findings.some(
    (finding) =>
      !known.has(wordsOf(finding)) &&
      (anywhere ||
        finding.file === pathOf(fault) ||
        (spokenOf !== undefined && finding.file.startsWith(spokenOf))),
  );
}

/** Where the files are that a journal speaks of. */
function subjectsOf({ path, fault: { name } }: StoreFault): string | undefined {
  if (name.startsWith('MANIFEST')) return `${path}/`;
  return name.startsWith('CATALOG') ? 'topics/' : undefined;
}

const wordsOf = ({ severity, file, position, message }: StoreFinding): string =>
  `${severity} ${file} ${position} ${message}`;

export const pathOf = ({ path, fault }: StoreFault): string =>
  path === '' ? fault.name : `${path}/${fault.name}`;

/**
 * Nothing was changed; or only bytes of a slot file that lie behind what its slots say; or a
 * watermark is gone or whole and older, or a journal lost the mark at its end: neither is ever synced, so that a power cut
 * does as well; or of two snapshots of producers the older one is gone.
 */
export async function meansNothing(
  original: StoreImage,
  root: MemoryDirectory,
  fault: StoreFault,
): Promise<boolean> {
  const { kind, name } = fault.fault;
  const image: StoreImage = await readImage(root);
  if (kind === 'missing' && isOlderSnapshot(pathOf(fault), image)) return true;
  if (name === 'MARK' && (await isWholeMark(root, fault.path))) return true;
  const [before, after] = [original.get(pathOf(fault)), image.get(pathOf(fault))];
  if (before === undefined || after === undefined || kind === 'swap') return false;
  if (isWithoutMark(before, after)) return true;
  const meaning = name === 'MARK' || name === 'SESSION' ? slots : (bytes: Uint8Array) => bytes;
  return Buffer.compare(meaning(before), meaning(after)) === 0;
}

/** Header and payload of both slots: see docs/format.md#slot-file. */
function slots(bytes: Uint8Array): Uint8Array {
  return Buffer.concat(
    [0, 4096].map((start) => {
      const header = Buffer.from(bytes.subarray(start, start + 32));
      const payloadBytes = header.length < 32 ? 0 : header.readUInt32BE(12);
      return Buffer.from(bytes.subarray(start, start + 32 + payloadBytes));
    }),
  );
}

function isOlderSnapshot(file: string, image: StoreImage): boolean {
  const [home, ending] = [file.slice(0, file.lastIndexOf('/') + 1), '.producers'];
  if (!file.endsWith(ending)) return false;
  return [...image.keys()].some((other) => other.startsWith(home) && other.endsWith(ending) && other > file);
}

/** Of a journal: see docs/format.md#journal. */
function isWithoutMark(before: Uint8Array, after: Uint8Array): boolean {
  const rest = Buffer.from(before.subarray(after.length));
  const whole = Buffer.compare(before.subarray(0, after.length), after) === 0;
  return whole && rest.length === JOURNAL_MARK_BYTES && rest.readUInt32BE(0) === JOURNAL_MARK;
}

/** Without a file there is no watermark, which is as good as one that is whole. */
async function isWholeMark(root: MemoryDirectory, path: string): Promise<boolean> {
  let directory: StorageDirectory = root;
  for (const name of path.split('/')) directory = await directory.directory(name, { create: false });
  return (await SlotFile.read(directory, 'MARK', crc32c())).damaged === 0;
}
