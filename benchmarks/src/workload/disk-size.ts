import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { contest } from './contest.js';
import type { Workload } from './workload.js';

const BLOCK_BYTES = 512;

/** What a filled and closed store takes on disk, in allocated blocks as `du` counts them. */
export const diskSize: Workload = {
  id: 'disk',
  title: 'disk space of a record with 116 bytes of key and value',
  metrics: [{ id: 'bytesPerRecord', unit: 'bytes', better: 'lower' }],
  targets: [{ atMost: 119 }],
  stock: 'small',
  turns: contest({
    isFor: ({ offers }) => offers.includes('reopen'),
    measure: async (contender, { filled, scale }) => {
      const bytes = await allocatedBytes(await filled.of(contender, 'small'));
      return { bytesPerRecord: bytes / scale.stocks.small.records };
    },
  }),
};

async function allocatedBytes(directory: string): Promise<number> {
  const names = await readdir(directory, { recursive: true });
  const facts = await Promise.all(names.map((name) => lstat(join(directory, name))));
  return facts.reduce((total, file) => total + (file.isFile() ? file.blocks * BLOCK_BYTES : 0), 0);
}
