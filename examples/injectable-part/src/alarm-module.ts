import { ContainerModule } from 'inversify';
import { OBSERVER } from 'seglog';
import { PAGER, type Pager } from './pager.js';
import { SlowSyncAlarm } from './slow-sync-alarm.js';

/** The container makes the alarm, and finds what its constructor asks for. Every observer that is bound hears every event. */
export function alarmModule(pager: Pager): ContainerModule {
  return new ContainerModule(({ bind }) => {
    bind(PAGER).toConstantValue(pager);
    bind(OBSERVER).to(SlowSyncAlarm).inSingletonScope();
  });
}
