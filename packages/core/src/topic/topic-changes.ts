import { requireKnownOptions, requireOneOf } from '../invariant.js';
import { type CleanupOverrides, type CleanupSettings, cleanupSettings } from './cleanup-settings.js';
import { CLEANUP_POLICIES } from './topic-catalog-edit.js';
import type { CleanupPolicy, TopicConfig } from './topic-catalog-state.js';

/** What of a topic's configuration can be changed while it is in use. What is not named stays. */
export interface TopicChanges {
  readonly cleanupPolicy?: CleanupPolicy | undefined;
  /** A number, or `'default'` to follow the engine again. */
  readonly cleanup?: Readonly<Partial<Record<keyof CleanupSettings, number | 'default'>>> | undefined;
}

/** The configuration with the changes in it. Throws `RangeError` or `TypeError` for any that cannot be, and then none is made. */
export function changedConfig(
  config: TopicConfig,
  changes: TopicChanges,
  engine: CleanupOverrides,
): TopicConfig {
  requireKnownOptions(changes, ['cleanupPolicy', 'cleanup']);
  const { cleanupPolicy = config.cleanupPolicy, cleanup = {} } = changes;
  requireOneOf(cleanupPolicy, CLEANUP_POLICIES, 'cleanupPolicy');
  if (typeof cleanup !== 'object' || cleanup === null)
    throw new TypeError('cleanup is an object of settings');
  const changed = Object.entries({ ...config.cleanup, ...withoutUndefined(cleanup) }).map(
    ([name, value]) => [name, value === 'default' ? undefined : value] as const,
  );
  return { ...config, cleanupPolicy, cleanup: requireCleanup(Object.fromEntries(changed), engine) };
}

/** Throws for settings that a new topic cannot have. */
export function requireCleanup(cleanup: CleanupOverrides, engine: CleanupOverrides = {}): CleanupOverrides {
  if (typeof cleanup !== 'object' || cleanup === null)
    throw new TypeError('cleanup is an object of settings');
  cleanupSettings(engine, cleanup);
  return withoutUndefined(cleanup);
}

function withoutUndefined<T extends object>(given: T): T {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as T;
}
