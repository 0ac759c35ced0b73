import { SeglogError } from '../contract/error.js';
import type { RecoveryReport } from '../contract/recovery-report.js';
import type { AheadOfLog } from '../log/ahead-of-log.js';
import { Log } from '../log/log.js';
import type { LogComponents } from '../log/log-components.js';
import { type LogSettings, logSettings } from '../log/log-settings.js';
import { ManifestFile } from '../log/manifest-file.js';
import type { TopicConfig } from './topic-catalog-state.js';
import type { OpenPartition, PartitionContext } from './topic-parts.js';

/** What all logs of an engine have in common. */
export interface LogPartitionParts {
  readonly components: Omit<LogComponents, 'directory' | 'name' | 'ahead'>;
  /** What stands before the logs, if anything does. */
  readonly ahead?: ((context: PartitionContext) => AheadOfLog) | undefined;
  readonly settings: Partial<LogSettings>;
  /** Told what opening each partition found and did. */
  readonly onRecovery?: ((context: PartitionContext, report: RecoveryReport) => void) | undefined;
}

/**
 * Opens partitions as logs of the engine's parts, under its settings and the topic's own. A partition that the catalog
 * names and that holds no log is `MISSING_SEGMENT`, never an empty log.
 */
export function logPartitions(parts: LogPartitionParts): OpenPartition<Log> {
  return async (directory, context) => {
    const { components } = parts;
    if (!context.create && !(await ManifestFile.exists({ ...components, directory }))) {
      const sentence = 'the directory of the partition holds no log; restore it from a backup';
      throw new SeglogError('MISSING_SEGMENT', sentence, { file: 'CURRENT' });
    }
    const ahead = parts.ahead?.(context);
    const log = new Log(
      { ...components, directory, name: context.name, ahead },
      settingsOf(parts, context.config),
    );
    const report = await log.open({ readOnly: context.readOnly });
    parts.onRecovery?.(context, report);
    return log;
  };
}

/** Throws for settings of a topic that no log of this engine could have. */
export function requireTopicSettings(engine: Partial<LogSettings>, settings: TopicConfig['settings']): void {
  const known = Object.keys(logSettings());
  const unknown = Object.keys(settings).find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new RangeError(`there is no setting ${unknown}; there are ${known.join(', ')}`);
  logSettings({ ...engine, ...settings });
}

/** Whether records need keys may change while the log is open, so the topic sees to it and not the log. */
function settingsOf(parts: LogPartitionParts, { settings }: TopicConfig): Partial<LogSettings> {
  return { ...parts.settings, ...settings };
}
