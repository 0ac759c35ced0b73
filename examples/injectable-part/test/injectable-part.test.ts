import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { SimulatedDisk } from '@seglog/testing';
import { ContainerModule } from 'inversify';
import {
  CLOCK,
  diskModule,
  memoryModule,
  OBSERVER,
  openEngine,
  partModule,
  RANDOM,
  SeglogError,
} from 'seglog';
import { describe, expect, test } from 'vitest';
import { alarmModule } from '../src/alarm-module.js';
import { SlowSyncAlarm } from '../src/slow-sync-alarm.js';

test('the example: one call for fifty slow syncs', () => {
  const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));
  const output = execFileSync(process.execPath, [main], { encoding: 'utf8' });
  expect(output).toMatch(/^Wake up: a sync of readings\/0 took \d+ ms\n\d+ syncs for 50 records/);
});

describe('the alarm', () => {
  test('goes by the clock of the engine, whichever that is', async () => {
    const disk = new SimulatedDisk({ seed: 5 });
    const simulation = [
      diskModule(() => disk.root),
      partModule(CLOCK, disk.clock),
      partModule(RANDOM, disk.random),
    ];
    const messages: string[] = [];
    const alarm = alarmModule({ slowMs: 0.001, page: (message) => void messages.push(message) });
    await disk.run(async () => {
      const engine = await openEngine({ modules: [...simulation, alarm] });
      const topic = await engine.createTopic('t', { partitions: 1 });
      for (let nth = 0; nth < 5; nth += 1) await topic.append({ value: nth });
      expect(messages).toHaveLength(1);
      await disk.clock.sleep(60_000);
      await topic.append({ value: 'a minute later' });
      expect(messages).toHaveLength(2);
      await engine.close();
    });
  });

  test('an engine says which part could not be made when the pager is missing', async () => {
    const incomplete = new ContainerModule(({ bind }) => {
      bind(OBSERVER).to(SlowSyncAlarm);
    });
    const opening = openEngine({ modules: [memoryModule(), incomplete] });
    await expect(opening).rejects.toSatisfy((error) => SeglogError.is(error, 'COMPOSITION'));
    await expect(opening).rejects.toThrow(/observer/);
  });
});
