import { requireKnownOptions, type Shape } from '@seglog/core';
import type { SinglePart } from '@seglog/core/inversify';
import { ContainerModule, type ServiceIdentifier } from 'inversify';
import { CLEANUP_OPTION_NAMES, type CleanupOptions, cleanupOptions } from './cleanup-options.js';
import { type CompactionStrategy, dirtyRatio } from './compaction-strategy.js';
import { exactOffsetMap } from './exact-offset-map.js';
import type { OffsetMapFactory } from './offset-map.js';

/** Chooses what to compact. */
export const COMPACTION_STRATEGY: ServiceIdentifier<CompactionStrategy> = token('compaction-strategy');
/** Finds the latest record of each key. */
export const OFFSET_MAP: ServiceIdentifier<OffsetMapFactory> = token('offset-map');
/** How often and how fast. */
export const CLEANUP_OPTIONS: ServiceIdentifier<CleanupOptions> = token('cleanup-options');

const STRATEGY: Shape = { is: 'an object, as dirtyRatio() returns', methods: ['choose'] };
const MAP: Shape = { is: 'an object, as exactOffsetMap() returns', methods: ['create'] };
const NUMBERS: Shape = { is: 'an object, as compactionModule({ intervalMs: 10_000 }) binds', methods: [] };
const HERE = 'compactionModule() binds it; load it first';

/** Every part of which an engine has one. */
export const CLEANUP_PARTS: readonly SinglePart[] = [
  { token: COMPACTION_STRATEGY, name: 'compaction strategy', shape: STRATEGY, wayOut: HERE },
  { token: OFFSET_MAP, name: 'offset map', shape: MAP, wayOut: HERE },
  { token: CLEANUP_OPTIONS, name: 'cleanup options', shape: NUMBERS, wayOut: HERE },
];

export interface CompactionModuleOptions extends CleanupOptions {
  readonly strategy?: CompactionStrategy | undefined;
  readonly offsetMap?: OffsetMapFactory | undefined;
}

const OPTIONS: readonly (keyof CompactionModuleOptions)[] = [
  'strategy',
  'offsetMap',
  ...CLEANUP_OPTION_NAMES,
];

/**
 * How an engine cleans: `compactionModule({ strategy: sizeTiered(), intervalMs: 10_000 })`. Throws `RangeError` for numbers that
 * make no sense and for options that are not there.
 */
export function compactionModule(options: CompactionModuleOptions = {}): ContainerModule {
  requireKnownOptions(options, OPTIONS);
  const { strategy = dirtyRatio(), offsetMap = exactOffsetMap(), ...rest } = options;
  cleanupOptions(rest);
  return new ContainerModule(({ bind }) => {
    bind(COMPACTION_STRATEGY).toConstantValue(strategy);
    bind(OFFSET_MAP).toConstantValue(offsetMap);
    bind(CLEANUP_OPTIONS).toConstantValue(rest);
  });
}

/** The call keeps TypeScript from narrowing an identifier to a plain symbol, of which `get` would return unknown. */
function token<T>(name: string): ServiceIdentifier<T> {
  return Symbol.for(`@seglog/compaction/${name}`);
}
