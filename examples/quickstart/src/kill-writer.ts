import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { Lane } from './flights.js';
import type { Progress } from './progress.js';
import type { WriterMessage } from './writer-process.js';

export interface KilledWriter {
  readonly pid: number;
  /** Acknowledged records of each lane. */
  readonly acknowledged: readonly number[];
  readonly syncs: number;
  /** From the first append to the last acknowledgement. */
  readonly elapsedMs: number;
}

/** Lets another process append the lanes, and kills it with `SIGKILL` when it has told of `enough` records. */
export async function killWriter(
  args: readonly string[],
  lanes: readonly Lane[],
  { enough, progress }: { readonly enough: number; readonly progress: Progress },
): Promise<KilledWriter> {
  const acknowledged = lanes.map(() => 0);
  let [total, syncs, startedMs, endedMs] = [0, 0, 0, 0];
  const writer = fork(new URL('writer-process.js', import.meta.url), [...args]);
  writer.on('message', (message: WriterMessage) => {
    endedMs = performance.now();
    if (message.type === 'started') {
      startedMs = endedMs;
      return;
    }
    total += message.acknowledged - (acknowledged[message.lane] ?? 0);
    acknowledged[message.lane] = message.acknowledged;
    syncs = message.syncs;
    progress.update(total);
    if (total >= enough) writer.kill('SIGKILL');
  });
  await untilKilled(writer);
  return { pid: writer.pid ?? 0, acknowledged, syncs, elapsedMs: endedMs - startedMs };
}

/** What the writer had told before it died is delivered before `close`. */
async function untilKilled(writer: ChildProcess): Promise<void> {
  const [code, signal]: [number | null, NodeJS.Signals | null] = (await once(writer, 'close')) as never;
  if (signal !== 'SIGKILL') throw new Error(`the writer ended by itself, code ${code}, signal ${signal}`);
}
