import { crc32c, Journal, syncNever } from '@seglog/core';
import {
  damageStore,
  directoryOf,
  type MediaFault,
  readImage,
  SeededRandom,
  type StoreImage,
} from '../../src/index.js';
import { StoreRun, type StoreSetup, type StoreStep } from '../stores/store-run.js';

const HEADER_BYTES = 128;
const FOOTER_BYTES = 128;

const LIFE: readonly StoreStep[] = [
  { do: 'append', sizes: [20, 0, 25], producer: 1 },
  { do: 'append', sizes: [120] },
  { do: 'roll' },
  { do: 'append', sizes: [9, 33] },
  { do: 'append', sizes: [40], producer: 1 },
  { do: 'append', sizes: [5] },
];
/** Frames of one size, of which nothing is proven but what the first opening proved. */
const UNPROVEN: readonly StoreStep[] = [
  { do: 'append', sizes: [30] },
  { do: 'append', sizes: [30] },
  { do: 'append', sizes: [30] },
];
const BARE: StoreSetup = { settings: { preallocateBytes: 0, indexIntervalBytes: 64 } };
const NEVER: StoreSetup = { ...BARE, parts: { syncPolicy: syncNever() }, acknowledge: 'written' };

/** Every store of the corpus, by its name: what an engine wrote, and what was done to it. Equal in every run. */
export async function makeGolden(): Promise<ReadonlyMap<string, StoreImage>> {
  const closed = await lived([...LIFE, { do: 'reopen' }]);
  const killed = await lived([...LIFE, { do: 'kill' }]);
  const marked = await lived([...LIFE, { do: 'wait' }, { do: 'kill' }]);
  const unproven = await lived([...UNPROVEN, { do: 'kill' }], NEVER);
  const stores = new Map<string, StoreImage>([
    ['healthy-empty', await lived([{ do: 'wait' }, { do: 'reopen' }])],
    ['healthy-closed', closed],
    ['healthy-closed-plain', await lived([...LIFE, { do: 'reopen' }], { ...BARE, codec: 'plain' })],
    ['healthy-killed', killed],
    ['healthy-killed-after-mark', marked],
    ['healthy-killed-preallocated', await lived([...LIFE, { do: 'kill' }], {})],
    [
      'healthy-truncated',
      await lived([...LIFE, { do: 'truncate', share: 0.5 }, { do: 'append', sizes: [7] }, { do: 'reopen' }]),
    ],
    ['healthy-deleted', await lived([...LIFE, { do: 'delete', share: 0.9 }, { do: 'reopen' }])],
    [
      'healthy-compacted',
      await lived([...LIFE, { do: 'roll' }, { do: 'rewrite', share: 0 }, { do: 'reopen' }]),
    ],
  ]);
  for (const [name, image] of await damagedTails({ killed, marked, unproven })) stores.set(name, image);
  for (const [name, image] of await damagedSegments(closed)) stores.set(name, image);
  for (const [name, image] of await damagedMetadata({ closed, killed })) stores.set(name, image);
  for (const [name, image] of await foreignFiles(closed)) stores.set(name, image);
  for (const [name, image] of await rolledBeside()) stores.set(name, image);
  return stores;
}

async function lived(steps: readonly StoreStep[], setup: StoreSetup = BARE): Promise<StoreImage> {
  const run = new StoreRun(setup);
  for (const step of steps) await run.perform(step);
  return readImage(run.root);
}

type Stores = readonly (readonly [string, StoreImage])[];

async function damagedTails(
  base: Readonly<Record<'killed' | 'marked' | 'unproven', StoreImage>>,
): Promise<Stores> {
  const { killed, marked, unproven } = base;
  const tail = segments(killed).at(-1) ?? '';
  const frames = framesOf(killed, tail);
  const [first = 0, second = 0, third = 0] = frames;
  const size = sizeOf(killed, tail);
  const one = segments(unproven)[0] ?? '';
  const [zeroth = 0, next = 0] = framesOf(unproven, one);
  return [
    ['tail-torn', await damagedBy(killed, tail, { kind: 'truncate', sizeBytes: size - 20 })],
    ['tail-torn-header', await damagedBy(killed, tail, { kind: 'truncate', sizeBytes: third + 10 })],
    ['tail-zeros', await damagedBy(killed, tail, { kind: 'extend', bytes: 700 })],
    ['tail-garbage', await damagedBy(killed, tail, { kind: 'extend', bytes: 700, garbage: true })],
    ['tail-ambiguous', await damagedBy(killed, tail, { kind: 'flip-bit', bit: (size - 3) * 8 })],
    [
      'tail-reordered',
      await damagedBy(unproven, one, { kind: 'zero', position: zeroth, bytes: next - zeroth }),
    ],
    ['tail-stale-epoch', await staleTail()],
    [
      'synced-damaged-below-mark',
      await damagedBy(marked, tail, { kind: 'flip-bit', bit: (second + 90) * 8 }),
    ],
    ['synced-lost-below-mark', await damagedBy(marked, tail, { kind: 'truncate', sizeBytes: third })],
    [
      'synced-damaged-proven-by-later-frame',
      await damagedBy(killed, tail, { kind: 'garbage', position: first, bytes: 40 }),
    ],
    ['synced-header-damaged', await damagedBy(marked, tail, { kind: 'flip-bit', bit: 40 * 8 })],
    ['synced-file-missing', await damagedBy(marked, tail, { kind: 'missing' })],
    ['mark-damaged', await damagedBy(marked, 'log/MARK', { kind: 'garbage', position: 0, bytes: 64 })],
  ];
}

async function damagedSegments(closed: StoreImage): Promise<Stores> {
  const [sealed = '', active = ''] = segments(closed);
  const [first = 0, second = 0] = framesOf(closed, sealed);
  const end = sizeOf(closed, sealed) - FOOTER_BYTES;
  const index = sealed.replace(/log$/, 'idx');
  return [
    ['sealed-frame-damaged', await damagedBy(closed, sealed, { kind: 'flip-bit', bit: (second + 95) * 8 })],
    [
      'sealed-frame-header-damaged',
      await damagedBy(closed, sealed, { kind: 'flip-bit', bit: (first + 4) * 8 }),
    ],
    ['sealed-footer-damaged', await damagedBy(closed, sealed, { kind: 'flip-bit', bit: (end + 30) * 8 })],
    ['sealed-header-damaged', await damagedBy(closed, sealed, { kind: 'flip-bit', bit: 64 * 8 })],
    ['sealed-missing', await damagedBy(closed, sealed, { kind: 'missing' })],
    ['sealed-short', await damagedBy(closed, sealed, { kind: 'truncate', sizeBytes: end + 60 })],
    [
      'active-frame-damaged',
      await damagedBy(closed, active, { kind: 'flip-bit', bit: (HEADER_BYTES + 95) * 8 }),
    ],
    ['active-short', await damagedBy(closed, active, { kind: 'truncate', sizeBytes: HEADER_BYTES + 50 })],
    ['index-garbage', await damagedBy(closed, index, { kind: 'garbage', position: 20, bytes: 12 })],
    ['index-missing', await damagedBy(closed, index, { kind: 'missing' })],
    ['frame-astray', await frameAstray()],
    ['newer-version', newerVersion(closed, sealed)],
  ];
}

async function damagedMetadata(base: Readonly<Record<'closed' | 'killed', StoreImage>>): Promise<Stores> {
  const { closed, killed } = base;
  const manifest = 'log/MANIFEST-1';
  const size = sizeOf(killed, manifest);
  const beforeRoll = await lived([...LIFE.slice(0, 2), { do: 'kill' }]);
  const older = beforeRoll.get(manifest) ?? new Uint8Array();
  return [
    ['manifest-torn', await damagedBy(killed, manifest, { kind: 'truncate', sizeBytes: size - 10 })],
    ['manifest-damaged', await damagedBy(closed, manifest, { kind: 'flip-bit', bit: 150 * 8 })],
    ['manifest-missing', await damagedBy(closed, manifest, { kind: 'missing' })],
    ['manifest-older', await damagedBy(killed, manifest, { kind: 'replace', content: older })],
    ['manifest-of-a-newer-version', await newerManifest(closed)],
    ['current-damaged', await damagedBy(closed, 'log/CURRENT', { kind: 'flip-bit', bit: 100 })],
    ['current-missing', await damagedBy(closed, 'log/CURRENT', { kind: 'missing' })],
    [
      'session-one-slot-damaged',
      await damagedBy(closed, 'SESSION', { kind: 'garbage', position: 0, bytes: 100 }),
    ],
  ];
}

/** Files that the manifest does not name, or that are not what it names. */
async function foreignFiles(closed: StoreImage): Promise<Stores> {
  const other = await lived([...LIFE, { do: 'reopen' }], { ...BARE, seed: 5 });
  const [sealed = ''] = segments(closed);
  const [foreign = ''] = segments(other);
  const bytes = other.get(foreign) ?? new Uint8Array();
  const leftover = await lived([...LIFE, { do: 'roll' }, { do: 'kill' }]);
  return [
    ['foreign-segment-beside', new Map([...closed, [foreign, bytes]])],
    ['foreign-segment-in-place', await damagedBy(closed, sealed, { kind: 'replace', content: bytes })],
    [
      'temporaries',
      new Map([...closed, ['log/CURRENT.tmp', Uint8Array.of(1)], ['log/x.idx.tmp', Uint8Array.of(2)]]),
    ],
    ['rewrite-not-committed', await rewriteNotCommitted(leftover)],
  ];
}

/** Segments that took appends before a manifest named them, or that a manifest has forgotten. */
async function rolledBeside(): Promise<Stores> {
  const manifest = 'log/MANIFEST-1';
  const full: StoreSetup = {
    ...NEVER,
    settings: { ...BARE.settings, maxSegmentBytes: 4096, maxUnsealedSegments: 4 },
  };
  const append: StoreStep = { do: 'append', sizes: [2000] };
  const before = (await lived([append, { do: 'kill' }], full)).get(manifest);
  const written = await lived([append, append, append, { do: 'kill' }], full);
  const beside = await damagedBy(written, manifest, { kind: 'replace', content: before ?? new Uint8Array() });
  const rolls = await lived([...LIFE, { do: 'roll' }, { do: 'append', sizes: [20] }, { do: 'kill' }]);
  const first = (await lived([...LIFE.slice(0, 2), { do: 'kill' }])).get(manifest) ?? new Uint8Array();
  const forgotten = await damagedBy(rolls, manifest, { kind: 'replace', content: first });
  const once = await damagedBy(await lived([...LIFE, { do: 'kill' }]), manifest, {
    kind: 'replace',
    content: first,
  });
  const [unsealed = ''] = segments(beside);
  const [sealed = ''] = segments(once);
  const [, second = 0] = framesOf(once, sealed);
  return [
    ['healthy-rolled-beside', beside],
    ['tail-lost-before-successors', await damagedBy(beside, unsealed, { kind: 'truncate', sizeBytes: 700 })],
    ['synced-lost-before-successor', await damagedBy(once, sealed, { kind: 'truncate', sizeBytes: second })],
    ['synced-file-missing-before-successor', await damagedBy(once, sealed, { kind: 'missing' })],
    ['manifest-much-older', forgotten],
  ];
}

/** A compacted segment that was made durable, and that no edit came to name. */
async function rewriteNotCommitted(before: StoreImage): Promise<StoreImage> {
  const after = await lived([...LIFE, { do: 'roll' }, { do: 'rewrite', share: 0 }, { do: 'kill' }]);
  const made = segments(after).filter((file) => !before.has(file));
  return new Map([...before, ...made.map((file) => [file, after.get(file) ?? new Uint8Array()] as const)]);
}

/** A frame of an earlier writer that its successor never saw, behind a frame that the successor wrote. */
async function staleTail(): Promise<StoreImage> {
  const early = new StoreRun(NEVER);
  const [one, two, three] = UNPROVEN;
  if (one === undefined || two === undefined || three === undefined)
    throw new Error('there are three appends');
  await early.perform(one);
  const image = await readImage(early.root);
  await early.perform(two);
  await early.perform(three);
  const [file = ''] = segments(image);
  const written = (await readImage(early.root)).get(file) ?? new Uint8Array();
  const late = new StoreRun(NEVER, await directoryOf(image));
  await late.perform(two);
  const left = await readImage(late.root);
  const rewritten = left.get(file) ?? new Uint8Array();
  const bytes = new Uint8Array(written.length);
  bytes.set(written);
  bytes.set(rewritten);
  return new Map([...left, [file, bytes]]);
}

/** The second of three frames of one size is written to the place of the third. */
async function frameAstray(): Promise<StoreImage> {
  const image = await lived([...UNPROVEN, { do: 'append', sizes: [30] }, { do: 'roll' }, { do: 'reopen' }]);
  const [file = ''] = segments(image);
  const [, second = 0, third = 0] = framesOf(image, file);
  return damagedBy(image, file, { kind: 'misdirect', from: second, to: third, bytes: third - second });
}

function newerVersion(image: StoreImage, file: string): StoreImage {
  const bytes = (image.get(file) ?? new Uint8Array()).slice();
  const view = new DataView(bytes.buffer);
  view.setUint16(8, 2);
  view.setUint16(10, 2);
  view.setUint32(124, crc32c().of(bytes, 0, 124, 0));
  return new Map([...image, [file, bytes]]);
}

async function newerManifest(image: StoreImage): Promise<StoreImage> {
  const root = await directoryOf(image);
  const directory = await root.directory('log', { create: false });
  const options = { prefix: 'MANIFEST', checksum: crc32c(), random: new SeededRandom(8) };
  const { journal } = await Journal.open(directory, options);
  await journal.append([{ type: 'something-new' }]);
  await journal.close();
  return readImage(root);
}

type Damage<T> = T extends MediaFault ? Omit<T, 'name'> : never;

async function damagedBy(image: StoreImage, file: string, fault: Damage<MediaFault>): Promise<StoreImage> {
  const root = await directoryOf(image);
  const slash = file.lastIndexOf('/');
  const named = { ...fault, name: file.slice(slash + 1) } as MediaFault;
  await damageStore(root, { path: file.slice(0, Math.max(0, slash)), fault: named });
  return readImage(root);
}

const segments = (image: StoreImage): readonly string[] =>
  [...image.keys()].filter((file) => file.endsWith('.log'));
const sizeOf = (image: StoreImage, file: string): number => image.get(file)?.length ?? 0;

/** Where batch frames start, by their lengths. */
function framesOf(image: StoreImage, file: string): readonly number[] {
  const bytes = image.get(file) ?? new Uint8Array();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const positions: number[] = [];
  for (let at = HEADER_BYTES; at + 8 <= bytes.length && view.getUint32(at) === 0xf5534c42; ) {
    positions.push(at);
    at += 88 + view.getUint32(at + 4);
  }
  return positions;
}
