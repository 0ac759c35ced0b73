import type { CommandSpec } from './command-spec.js';
import { dumpCommand } from './dump-command.js';
import { planCommand } from './plan-command.js';
import { statCommand } from './stat-command.js';
import { verifyCommand } from './verify-command.js';

/** Every command, in the order in which they are listed. */
export function commands(): readonly CommandSpec[] {
  return [statCommand, dumpCommand, verifyCommand, planCommand];
}
