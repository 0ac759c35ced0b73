import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fillBlocks, type Stock } from '../contender/fill.js';
import { openOwnLog } from '../contender/own-log.js';
import { KEY_BYTES, type RecordBlock } from '../contender/record-block.js';
import { crtChoices, seglog, seglogCrt } from '../contender/seglog.js';
import { contest } from './contest.js';
import type { Workload } from './workload.js';

/** All of it in one segment, which is the longest that a log can have. */
const ONE_SEGMENT = { maxSegmentBytes: 2 ** 31 };
const BYTES_PER_SECOND = { id: 'bytesPerSecond', unit: 'bytes/s', better: 'higher' } as const;
const MS = { id: 'ms', unit: 'ms', better: 'lower' } as const;

/** How fast a recovery verifies what was never sealed: the log is copied while it is open, as a crash would leave it. */
export const unsealedRecovery: Workload = {
  id: 'recovery.unsealed',
  title: 'verify one unsealed segment of 1 GiB after a crash',
  metrics: [BYTES_PER_SECOND, MS],
  targets: [{ atLeast: 4e9 }],
  maxRounds: 2,
  turns: contest({
    isFor: ({ name }) => name === seglog.name || name === seglogCrt.name,
    measure: async ({ name }, { directory, scale, watch }) => {
      const crashed = join(directory, 'crashed');
      await leaveCrashed(join(directory, 'log'), crashed, scale.stocks.crashed);
      const { recovery, close } = await watch(() =>
        openOwnLog(
          { directory: crashed },
          { ...(name === seglogCrt.name && crtChoices()), settings: ONE_SEGMENT },
        ),
      );
      await close();
      const { scannedBytes, durationMs } = recovery;
      return { bytesPerSecond: scannedBytes / (durationMs / 1000), ms: durationMs };
    },
    limit: async (native, { directory, rate, scale }) => {
      const { records, valueBytes } = scale.stocks.crashed;
      const ms = await native.measure('recover', { directory, rate, records, valueBytes });
      return { bytesPerSecond: (records * (KEY_BYTES + valueBytes)) / (ms / 1000), ms };
    },
  }),
};

async function leaveCrashed(source: string, target: string, stock: Stock): Promise<void> {
  const { log, close } = await openOwnLog({ directory: source }, { settings: ONE_SEGMENT });
  const blocks = fillBlocks(stock.valueBytes);
  for (let turnOf = 0; log.offsets().logEnd < stock.records; turnOf++) {
    await log.append((blocks[turnOf % blocks.length] as RecordBlock).inputs);
  }
  await cp(source, target, { recursive: true });
  await close();
  await rm(source, { recursive: true });
}
