import type { Load } from './chapters.js';
import { bytesBelow } from './data-directory.js';
import type { KilledWriter } from './kill-writer.js';
import { bytes } from './recovery-in-words.js';

export interface RunNumbers {
  readonly writer: KilledWriter;
  readonly load: Load;
  readonly recoveryMs: number;
  readonly randomReadMs: number;
  /** Of all partitions before the deletion, those of earlier runs included. */
  readonly stored: { readonly bytes: number; readonly records: number };
  /** Of the engine that finished the load. */
  readonly syncs: number;
}

/** The table at the end. */
export async function printNumbers(directory: string, numbers: RunNumbers): Promise<void> {
  const { writer, load, recoveryMs, randomReadMs, stored, syncs } = numbers;
  const acknowledged = writer.acknowledged.reduce((sum, count) => sum + count, 0);
  const rows: readonly (readonly [string, string])[] = [
    ['records/s until the kill', perSecond(acknowledged, writer.elapsedMs)],
    ['records/s after it', perSecond(load.records, load.elapsedMs)],
    ['bytes per record', (stored.bytes / stored.records).toFixed(1)],
    ['syncs', `${writer.syncs + syncs}`],
    ['recovery time', `${recoveryMs.toFixed(0)} ms`],
    ['random read', `${(randomReadMs * 1000).toFixed(0)} us`],
    ['left on disk', bytes(await bytesBelow(directory))],
  ];
  console.log();
  for (const [name, value] of rows) console.log(`  ${name.padEnd(26)}${value.padStart(12)}`);
  console.log(
    `\nThe data is in ${directory}\nLook around in it, run again with --data ${directory}, or delete it.`,
  );
}

function perSecond(count: number, elapsedMs: number): string {
  return elapsedMs > 0 ? Math.round((count * 1000) / elapsedMs).toLocaleString('en-US') : '-';
}
