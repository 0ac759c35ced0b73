import { LOG_FAULT_STUDIES } from './log-fault-studies.js';
import { LOG_STUDIES } from './log-studies.js';
import type { LogStudy } from './log-study.js';
import { SMALL_LOG_STUDIES } from './small-log-studies.js';

/** Fault studies go by names of their own. */
export const FAULT_STUDIES: readonly LogStudy[] = LOG_FAULT_STUDIES.map((study) => ({
  ...study,
  name: `faults in ${study.name}`,
}));

/** What the workers of a crew know. */
export const ALL_LOG_STUDIES: readonly LogStudy[] = [...LOG_STUDIES, ...SMALL_LOG_STUDIES, ...FAULT_STUDIES];
