import {
  damageStore,
  directoryOf,
  type MediaFault,
  readImage,
  SimulatedDisk,
  type StoreImage,
} from '@seglog/testing';
import { type Engine, openEngine, walModule } from '../../src/index.js';
import { afterPowerCut } from '../ahead-disk.js';
import { goldenModules } from './golden-store.js';

const SETTINGS = { preallocateBytes: 0, indexIntervalBytes: 64, deleteDelayMs: 10 };

/** Every data root of the corpus, by its name: what an engine wrote, and what was done to it. Equal in every run. */
export async function makeGolden(): Promise<ReadonlyMap<string, StoreImage>> {
  const closed = await lived({ ahead: false, end: 'close' });
  const killed = await lived({ ahead: true, end: 'cut' });
  const stores = new Map<string, StoreImage>([
    ['healthy-closed', closed],
    ['healthy-closed-ahead', await lived({ ahead: true, end: 'close' })],
    ['healthy-cut-ahead', killed],
    ['healthy-cut', await lived({ ahead: false, end: 'cut' })],
    ['session-missing', without(closed, 'SESSION')],
    ['catalog-missing', without(closed, 'catalog/')],
    ['catalog-damaged', await damaged(closed, /^catalog\/CATALOG/, { kind: 'flip-bit', bit: 250 * 8 })],
    ['topic-missing', without(closed, /^topics\/prices-[^/]*\//.exec(pathLike(closed, /prices/))?.[0] ?? '')],
    ['quarantine-is-a-file', await occupied(killed)],
  ]);
  for (const [name, image] of await damagedTopics(closed)) stores.set(name, image);
  for (const [name, image] of await damagedAhead(killed)) stores.set(name, image);
  return stores;
}

type Stores = readonly (readonly [string, StoreImage])[];

/** Of a topic that was compacted: what its manifest says of cleaning, and what it cleaned. */
async function damagedTopics(closed: StoreImage): Promise<Stores> {
  const manifest = /^topics\/prices-.*\/0\/MANIFEST-1$/;
  const segment = /^topics\/prices-.*\/0\/.*\.log$/;
  const middle = Math.floor(sizeOf(closed, manifest) / 2);
  return [
    ['cleaned-manifest-damaged', await damaged(closed, manifest, { kind: 'flip-bit', bit: middle * 8 })],
    ['cleaned-manifest-missing', await damaged(closed, manifest, { kind: 'missing' })],
    ['cleaned-segment-damaged', await damaged(closed, segment, { kind: 'flip-bit', bit: 230 * 8 })],
    ['cleaned-segment-missing', await damaged(closed, segment, { kind: 'missing' })],
  ];
}

/** Of a write-ahead log that holds what the partitions lack. */
async function damagedAhead(killed: StoreImage): Promise<Stores> {
  const segment = /^wal\/.*\.log$/;
  const size = sizeOf(killed, segment);
  const middle = Math.floor(size / 2);
  return [
    ['wal-torn', await damaged(killed, segment, { kind: 'truncate', sizeBytes: size - 20 })],
    ['wal-garbage-behind', await damaged(killed, segment, { kind: 'extend', bytes: 300, garbage: true })],
    ['wal-damaged', await damaged(killed, segment, { kind: 'flip-bit', bit: middle * 8 })],
    [
      'wal-damaged-where-partitions-lack-it',
      await damaged(killed, segment, { kind: 'flip-bit', bit: (size - 400) * 8 }),
    ],
    ['wal-segment-missing', await damaged(killed, segment, { kind: 'missing' })],
    ['wal-current-missing', await damaged(killed, /^wal\/CURRENT$/, { kind: 'missing' })],
    ['wal-manifest-damaged', await damaged(killed, /^wal\/MANIFEST/, { kind: 'flip-bit', bit: 140 * 8 })],
    ['wal-missing', without(killed, 'wal/')],
    ['wal-of-a-lost-partition', await damaged(killed, /^topics\/orders.*\/1\/CURRENT$/, { kind: 'missing' })],
    ['wal-of-no-topic', without(without(killed, 'catalog/'), 'topics/')],
  ];
}

/** Topics are made, configured, compacted and deleted; records are appended, and written to several partitions at once. */
async function lived(way: { readonly ahead: boolean; readonly end: 'close' | 'cut' }): Promise<StoreImage> {
  const disk = new SimulatedDisk({ seed: 7 });
  return disk.run(async () => {
    const engine = await openEngine({
      modules: [
        ...goldenModules(disk, disk.root),
        ...(way.ahead ? [walModule({ preallocateBytes: 0 })] : []),
      ],
      settings: SETTINGS,
    });
    await live(engine, disk);
    if (way.ahead) await writeTogether(engine);
    if (way.end === 'close') await engine.close();
    const left = await readImage(way.end === 'close' ? disk.root : afterPowerCut(disk).root);
    if (way.end === 'cut') await engine.close();
    return left;
  });
}

async function live(engine: Engine, disk: SimulatedDisk): Promise<void> {
  const prices = await engine.createTopic<number>('prices', { partitions: 1, cleanupPolicy: 'compact' });
  const orders = await engine.createTopic<string>('orders', { partitions: 2 });
  await engine.createTopic('gone', { partitions: 1 });
  for (let i = 0; i < 6; i += 1) await prices.append({ key: `k${i % 2}`, value: i });
  await prices.append({ key: 'k0', value: null });
  await engine.cleanup.compact('prices');
  await prices.append({ key: 'k3', value: 7 });
  await orders.configure({ cleanup: { retentionRecords: 1000 } });
  for (const partition of [0, 1])
    await orders.append({ key: 'o', value: `order in ${partition}`, partition });
  await engine.deleteTopic('gone');
  const producer = await engine.producer('till');
  await producer.append('orders', [{ value: 'by a producer' }], { partition: 0, sequence: 0 });
  await engine.checkpoint();
  // Retired files go, and marks are noted.
  await disk.clock.sleep(1000);
}

/** Both partitions or neither; then one of them, again and again. */
async function writeTogether(engine: Engine): Promise<void> {
  await engine.write([
    { topic: 'orders', partition: 0, records: [{ value: 'together in 0' }] },
    { topic: 'orders', partition: 1, records: [{ value: 'together in 1' }] },
  ]);
  for (let i = 0; i < 4; i += 1)
    await engine.topic<string>('orders').append({ value: `later ${i}`, partition: i % 2 });
}

/** A torn end must be kept aside, and a file stands where the copy would go. */
async function occupied(killed: StoreImage): Promise<StoreImage> {
  const segment = /^wal\/.*\.log$/;
  const torn = await damaged(killed, segment, { kind: 'extend', bytes: 300, garbage: true });
  return new Map([...torn, ['wal/quarantine', Uint8Array.of(1, 2, 3)]]);
}

type Damage<T> = T extends MediaFault ? Omit<T, 'name'> : never;

async function damaged(image: StoreImage, pattern: RegExp, fault: Damage<MediaFault>): Promise<StoreImage> {
  const file = pathLike(image, pattern);
  const root = await directoryOf(image);
  const slash = file.lastIndexOf('/');
  const named = { ...fault, name: file.slice(slash + 1) } as MediaFault;
  await damageStore(root, { path: file.slice(0, Math.max(0, slash)), fault: named });
  return readImage(root);
}

const without = (image: StoreImage, start: string): StoreImage =>
  new Map([...image].filter(([file]) => !file.startsWith(start)));

function pathLike(image: StoreImage, pattern: RegExp): string {
  const found = [...image.keys()].find((file) => pattern.test(file));
  if (found === undefined) throw new Error(`no file is like ${String(pattern)}`);
  return found;
}

const sizeOf = (image: StoreImage, pattern: RegExp): number =>
  image.get(pathLike(image, pattern))?.length ?? 0;
