import type { DamageStudy } from '@seglog/testing';
import { openWal, type WalBench } from '../wal-bench.js';
import { payloadOf } from './wal-study.js';

/** A small write-ahead log of three segments with long and short records, closed cleanly or left by a killed process. */
export function flippedWal({ closed }: { readonly closed: boolean }): DamageStudy<WalBench> {
  return {
    name: closed ? 'wal, closed' : 'wal, killed',
    mayLose: closed ? 0 : 1,
    async prepare(disk) {
      const { clock, random } = disk;
      const bench = await openWal(disk.root, { parts: { clock, random } });
      for (let i = 0; i < 6; i += 1) {
        await bench.wal.append(payloadOf(i, i % 2 === 0 ? 20 : 450));
        if (i % 2 === 1) await bench.wal.roll();
      }
      await bench.wal.append(payloadOf(6, 30));
      if (closed) await bench.close();
      await disk.root.close();
    },
    open: (disk) => openWal(disk.root, { parts: { clock: disk.clock, random: disk.random } }),
    async read({ wal }) {
      const lines: string[] = [];
      await wal.replay(({ lsn, payload }) => lines.push(`${lsn} ${Buffer.from(payload).toString()}`));
      return lines;
    },
  };
}
