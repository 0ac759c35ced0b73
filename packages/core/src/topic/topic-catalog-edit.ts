import { SeglogError } from '../contract/error.js';
import { type CleanupOverrides, cleanupSettings } from './cleanup-settings.js';
import type {
  CatalogEdit,
  CleanupPolicy,
  TopicConfig,
  TopicEntry,
  UsedFormat,
} from './topic-catalog-state.js';
import { requireTopicName } from './topic-name.js';

type Fields = Readonly<Record<string, unknown>>;

export const CLEANUP_POLICIES: readonly CleanupPolicy[] = ['delete', 'compact', 'compact,delete'];

/**
 * An edit as it was stored. What names a path is checked again here: whatever a file says, nothing outside the data root
 * is touched. `CORRUPT_METADATA` for what is not an edit, `UNSUPPORTED_FORMAT` for one of a newer version.
 */
export function parseCatalogEdit(stored: unknown): CatalogEdit {
  const edit = fields(stored, 'edit');
  switch (edit['type']) {
    case 'doom':
    case 'removed':
      return { type: edit['type'], paths: paths(edit['paths']) };
    case 'create':
      return { type: 'create', topic: topicEntry(fields(edit['topic'], 'topic')) };
    case 'grow':
      return { type: 'grow', id: topicId(edit['id']), partitions: count(edit['partitions'], 'partitions') };
    case 'configure':
      return {
        type: 'configure',
        id: topicId(edit['id']),
        config: topicConfig(fields(edit['config'], 'config')),
      };
    case 'delete':
      return { type: 'delete', id: topicId(edit['id']) };
    case 'format':
      return { type: 'format', format: usedFormat(fields(edit['format'], 'format')) };
    default: {
      const sentence = 'the topic catalog holds an edit of a newer version; open it with that version';
      throw new SeglogError('UNSUPPORTED_FORMAT', sentence, { type: String(edit['type']) });
    }
  }
}

function usedFormat(format: Fields): UsedFormat {
  const kind = format['kind'];
  if (kind !== 'codec' && kind !== 'checksum') throw malformed('format');
  return { kind, id: count(format['id'], 'format'), name: text(format['name'], 'format') };
}

function topicEntry(topic: Fields): TopicEntry {
  const name = text(topic['name'], 'name');
  try {
    requireTopicName(name);
  } catch {
    throw malformed('name');
  }
  return {
    name,
    id: topicId(topic['id']),
    createdAtMs: count(topic['createdAtMs'], 'createdAtMs', 0),
    partitions: count(topic['partitions'], 'partitions'),
    config: topicConfig(fields(topic['config'], 'config')),
  };
}

function topicConfig(config: Fields): TopicConfig {
  const cleanupPolicy = CLEANUP_POLICIES.find((policy) => policy === config['cleanupPolicy']);
  if (cleanupPolicy === undefined) throw malformed('cleanupPolicy');
  return {
    cleanupPolicy,
    cleanup: cleanup(config['cleanup'] === undefined ? {} : fields(config['cleanup'], 'cleanup')),
    keySerde: text(config['keySerde'], 'keySerde'),
    valueSerde: text(config['valueSerde'], 'valueSerde'),
    settings: settings(fields(config['settings'], 'settings')),
  };
}

/** JSON has no infinity: null is no limit. */
function cleanup(stored: Fields): CleanupOverrides {
  const found = Object.entries(stored).map(([name, value]) => {
    if (value !== null && typeof value !== 'number') throw malformed('cleanup');
    return [name, value ?? Number.POSITIVE_INFINITY] as const;
  });
  const overrides: CleanupOverrides = Object.fromEntries(found);
  try {
    cleanupSettings(overrides);
  } catch {
    throw malformed('cleanup');
  }
  return overrides;
}

function settings(stored: Fields): TopicConfig['settings'] {
  return Object.fromEntries(
    Object.entries(stored).map(([name, value]) => {
      if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
        return [name, value];
      throw malformed('settings');
    }),
  );
}

function paths(stored: unknown): readonly string[] {
  if (!Array.isArray(stored)) throw malformed('paths');
  return stored.map((path: unknown) => {
    const known = text(path, 'paths');
    if (!/^[A-Za-z0-9_-][A-Za-z0-9._-]{0,254}(\/\d{1,6})?$/.test(known)) throw malformed('paths');
    return known;
  });
}

function topicId(stored: unknown): string {
  const id = text(stored, 'id');
  if (!/^[0-9a-f]{16}$/.test(id)) throw malformed('id');
  return id;
}

function count(stored: unknown, name: string, min = 1): number {
  if (typeof stored === 'number' && Number.isSafeInteger(stored) && stored >= min) return stored;
  throw malformed(name);
}

function text(stored: unknown, name: string): string {
  if (typeof stored === 'string') return stored;
  throw malformed(name);
}

function fields(stored: unknown, name: string): Fields {
  if (typeof stored === 'object' && stored !== null && !Array.isArray(stored)) return stored as Fields;
  throw malformed(name);
}

function malformed(field: string): SeglogError {
  return new SeglogError(
    'CORRUPT_METADATA',
    'the topic catalog holds an edit that is not one; nothing was changed',
    { field },
  );
}
