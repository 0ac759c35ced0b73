import { CURSOR_TOPIC } from '@seglog/consumer';
import { type KnownFormats, Log, SeglogError } from '@seglog/core';
import { logComponents } from './log-components.js';
import type { StoreLog } from './store-logs.js';
import type { LogSummary } from './stored-facts.js';

/** How far a group of readers has come in a partition. */
export interface CursorSummary {
  readonly group: string;
  readonly log: string;
  /** The next record that the group wants. */
  readonly offset: number;
  /** Records between there and the end of the partition; undefined where the end is not known. */
  readonly lag: number | undefined;
}

/** The cursors that a store keeps, in the order of their groups; none where they cannot be read. */
export async function storedCursors(
  logs: readonly StoreLog[],
  { summaries, formats }: { readonly summaries: readonly LogSummary[]; readonly formats: KnownFormats },
): Promise<readonly CursorSummary[]> {
  const home = logs.find(({ topic }) => topic?.name === CURSOR_TOPIC)?.directory;
  if (home === undefined) return [];
  const log = new Log(logComponents(home, formats));
  const latest = new Map<string, unknown>();
  try {
    await log.open({ readOnly: true });
    const decoder = new TextDecoder();
    const note = (cursor: { readonly key: Uint8Array | null; readonly value: Uint8Array | null }): void => {
      latest.set(
        decoder.decode(cursor.key ?? undefined),
        cursor.value && JSON.parse(decoder.decode(cursor.value)),
      );
    };
    await log.scan(log.offsets().logStart, note, { isolation: 'uncommitted' });
  } catch (error) {
    if (!SeglogError.is(error) && !(error instanceof SyntaxError)) throw error;
  } finally {
    await log.close();
  }
  const cursors = [...latest.values()].flatMap((stored) => cursorOf(stored, logs, summaries));
  return cursors.toSorted((a, b) => (a.group < b.group ? -1 : 1));
}

function cursorOf(
  stored: unknown,
  logs: readonly StoreLog[],
  summaries: readonly LogSummary[],
): readonly CursorSummary[] {
  if (typeof stored !== 'object' || stored === null) return [];
  const { group, topicId, partition, offset } = stored as Readonly<Record<string, unknown>>;
  const log = logs.find(({ topic, partition: number }) => topic?.id === topicId && number === partition);
  if (log === undefined || typeof group !== 'string' || typeof offset !== 'number') return [];
  const logEnd = summaries.find(({ path }) => path === log.path)?.offsets?.logEnd;
  return [
    { group, log: log.name, offset, lag: logEnd === undefined ? undefined : Math.max(0, logEnd - offset) },
  ];
}
