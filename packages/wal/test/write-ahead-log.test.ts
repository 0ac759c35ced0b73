import { groupCommit, MemoryDirectory, syncNever } from '@seglog/core';
import { type CreateWriteAheadLog, writeAheadLogConformance } from '@seglog/testing';
import { describe, test } from 'vitest';
import { openWal, type WalBench, type WalMakings } from './wal-bench.js';

function inMemory(makings: WalMakings): CreateWriteAheadLog {
  return () => {
    const root = new MemoryDirectory();
    let opened: WalBench | undefined;
    const dispose = async (): Promise<void> => opened?.close().catch(() => undefined);
    const open = async (): Promise<WalBench['wal']> => {
      await dispose();
      opened = await openWal(root, makings);
      return opened.wal;
    };
    return { open, dispose };
  };
}

const runner = { describe, test };
writeAheadLogConformance(runner, 'in memory', inMemory({}));
writeAheadLogConformance(
  runner,
  'group commit',
  inMemory({ parts: { syncPolicy: groupCommit({ maxDelayMs: 1 }) } }),
);
writeAheadLogConformance(
  runner,
  'a policy that syncs nothing by itself',
  inMemory({ parts: { syncPolicy: syncNever() } }),
);
