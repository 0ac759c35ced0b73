import { SeglogError } from '../contract/error.js';
import type { StorageDirectory } from '../contract/storage-directory.js';
import { TopicCatalog } from './topic-catalog.js';
import { removeDoomed } from './topic-leftovers.js';
import type { KnownFormat, TopicParts } from './topic-parts.js';

/** What the catalog is read with. */
export type CatalogReadingParts = Pick<TopicParts, 'checksum' | 'random' | 'formats'>;

/** Rejects as opening the topics of a data root would, for a catalog that cannot be read with these parts. Changes nothing. */
export async function checkCatalog(root: StorageDirectory, parts: CatalogReadingParts): Promise<void> {
  const catalog = await openCatalog(root, parts, true);
  await catalog.close();
}

/** Opens the catalog for an engine that has these formats, and tidies up: nothing of it when it is only read. */
export async function openCatalog(
  root: StorageDirectory,
  parts: CatalogReadingParts,
  readOnly: boolean,
): Promise<TopicCatalog> {
  const catalog = readOnly ? await TopicCatalog.read(root, parts) : await TopicCatalog.open(root, parts);
  try {
    requireFormats(catalog, parts.formats);
    if (readOnly) return catalog;
    await noteFormats(catalog, parts.formats);
  } catch (error) {
    await catalog.close();
    throw error;
  }
  // Leftovers only take room: what cannot be removed now is tried again at the next open.
  await removeDoomed(catalog).catch(() => undefined);
  return catalog;
}

/** Throws `COMPOSITION` when the data root was written with a codec or checksum that this engine does not have. */
function requireFormats(catalog: TopicCatalog, known: readonly KnownFormat[]): void {
  for (const { kind, id, name } of catalog.formats) {
    if (known.some((format) => format.kind === kind && format.id === id)) continue;
    const part = kind === 'codec' ? 'frame codec' : 'checksum';
    const sentence = `the data root was written with a ${part} that is not registered; register it for reading`;
    throw new SeglogError('COMPOSITION', sentence, { id, name });
  }
}

/** Durable before the first frame is written with them. */
async function noteFormats(catalog: TopicCatalog, known: readonly KnownFormat[]): Promise<void> {
  for (const { kind, id, name, writes } of known) {
    const noted = catalog.formats.some((format) => format.kind === kind && format.id === id);
    if (writes && !noted) await catalog.commit({ type: 'format', format: { kind, id, name } });
  }
}
