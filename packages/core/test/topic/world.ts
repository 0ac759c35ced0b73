import { byKey, bytes, json, type LogEvent, MemoryDirectory, SystemClock, string } from '../../src/index.js';
import { TopicManager } from '../../src/topic/topic-manager.js';
import { checksum, putFile, seededRandom, snapshot } from '../journal/parts.js';
import { WatchedLogs } from './watched-logs.js';

export interface World {
  readonly root: MemoryDirectory;
  readonly logs: WatchedLogs;
  readonly events: LogEvent[];
  manager: TopicManager;
  reopen(options?: { readOnly?: boolean }): Promise<TopicManager>;
}

let seed = 0;

/** A data root in memory with topics in real logs. */
export async function world(
  root: MemoryDirectory = new MemoryDirectory(),
  first?: { readOnly?: boolean },
): Promise<World> {
  const logs = new WatchedLogs();
  const events: LogEvent[] = [];
  const open = (options?: { readOnly?: boolean }): Promise<TopicManager> => {
    seed += 1;
    const parts = {
      openPartition: logs.openPartition,
      clock: new SystemClock(),
      random: seededRandom(seed),
      checksum,
      formats: [],
      observer: { observe: (event: LogEvent) => events.push(event) },
      serdes: [string(), json(), bytes()],
      partitioner: byKey({ random: seededRandom(seed) }),
    };
    return TopicManager.open(root, parts, options);
  };
  const made: World = {
    root,
    logs,
    events,
    manager: await open(first),
    async reopen(options) {
      await made.manager.close();
      made.manager = await open(options);
      return made.manager;
    },
  };
  return made;
}

/** The directory after a process kill: what was written, without what closing adds. */
export async function copyTree(source: MemoryDirectory): Promise<MemoryDirectory> {
  const copy = new MemoryDirectory();
  const pairs: [MemoryDirectory, MemoryDirectory][] = [[source, copy]];
  for (const [from, to] of pairs) {
    for (const [name, content] of await snapshot(from).catch(() => [])) await putFile(to, name, content);
    // A directory that is being removed meanwhile is a directory that is gone.
    for (const { name, kind } of await from.list().catch(() => [])) {
      if (kind !== 'directory') continue;
      const inner = [from, to].map((one) =>
        one.directory(name, { create: true }),
      ) as Promise<MemoryDirectory>[];
      const [a, b] = await Promise.all(inner);
      if (a !== undefined && b !== undefined) pairs.push([a, b]);
    }
  }
  return copy;
}
