import type { CommandSpec } from './command-spec.js';
import { doctorCommand } from './doctor-command.js';
import { dumpCommand } from './dump-command.js';
import { exportCommand } from './export-command.js';
import { findCommand } from './find-command.js';
import { importCommand } from './import-command.js';
import { indexRebuildCommand } from './index-command.js';
import { manualCommand } from './manual-command.js';
import { newCommand } from './new-command.js';
import { planCommand } from './plan-command.js';
import { repairCommand } from './repair-command.js';
import { statCommand } from './stat-command.js';
import { tailCommand } from './tail-command.js';
import { verifyCommand } from './verify-command.js';

/** Every command, in the order in which they are listed. */
export function commands(): readonly CommandSpec[] {
  return COMMANDS;
}

const COMMANDS: readonly CommandSpec[] = [
  statCommand,
  dumpCommand,
  verifyCommand,
  planCommand,
  findCommand,
  tailCommand,
  exportCommand,
  importCommand,
  repairCommand,
  indexRebuildCommand,
  doctorCommand,
  newCommand,
  manualCommand(commands),
];
