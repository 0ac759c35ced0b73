import { crcFrameCodec } from '@seglog/core';
import { type DamageStudy, Oracle } from '../../src/index.js';
import { textOf } from '../../src/log/log-facts.js';
import { LogRun, type LogSetup, type LogStep, type OpenedLog, openLogOn } from './log-run.js';

/** A small log of two segments that is left behind closed, or as a killed process leaves it. */
function damageStudy(name: string, setup: LogSetup, end: 'reopen' | 'kill'): DamageStudy<OpenedLog> {
  const steps: readonly LogStep[] = [
    { do: 'append', sizes: [20, 30] },
    { do: 'append', sizes: [40] },
    { do: 'roll' },
    { do: 'append', sizes: [10] },
    { do: 'wait', ms: 200 },
    { do: 'append', sizes: [25] },
    { do: end },
  ];
  return {
    name,
    // The last append was synced, and the mark that would prove it was not written yet.
    mayLose: end === 'kill' ? 1 : 0,
    async prepare(disk) {
      const run = new LogRun(disk, new Oracle(), setup);
      for (const step of steps) await run.perform(step);
    },
    open: (disk) => openLogOn(disk, setup),
    async read({ content, log }) {
      const scanned: string[] = [];
      await log.scan(
        content.offsets.logStart,
        ({ offset, value }) => scanned.push(`${offset}:${textOf(value)}`),
        {
          isolation: 'uncommitted',
        },
      );
      return scanned;
    },
  };
}

const SMALL: LogSetup = { settings: { preallocateBytes: 0, indexIntervalBytes: 64 } };

export const LOG_DAMAGE_STUDIES: readonly DamageStudy<OpenedLog>[] = [
  damageStudy('log, closed', SMALL, 'reopen'),
  damageStudy('log, killed', SMALL, 'kill'),
  damageStudy('log of plain frames, closed', { ...SMALL, parts: { codec: crcFrameCodec() } }, 'reopen'),
];
