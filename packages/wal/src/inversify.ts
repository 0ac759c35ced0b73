import type { SinglePart } from '@seglog/core/inversify';
import { ContainerModule, type ServiceIdentifier } from 'inversify';
import { type WriteAheadSettings, writeAheadSettings } from './write-ahead.js';

/** Settings of the write-ahead log; an engine that has none appends to each partition by itself. */
export const WRITE_AHEAD: ServiceIdentifier<Partial<WriteAheadSettings>> = token('write-ahead');

/** A later module's settings take the place of an earlier one's. */
export const WRITE_AHEAD_PARTS: readonly SinglePart[] = [
  {
    token: WRITE_AHEAD,
    name: 'write-ahead log',
    shape: { is: 'settings, as walModule() binds', methods: [] },
    wayOut: 'add walModule() to the modules',
  },
];

/**
 * One sync for all partitions: appends are durable in the write-ahead log, under the engine's sync policy, before their
 * logs have them. Throws for settings that make no sense or are not there.
 */
export function walModule(settings: Partial<WriteAheadSettings> = {}): ContainerModule {
  writeAheadSettings(settings);
  return new ContainerModule(({ bind }) => {
    bind(WRITE_AHEAD).toConstantValue(settings);
  });
}

/** The call keeps TypeScript from narrowing an identifier to a plain symbol, of which `get` would return unknown. */
function token<T>(name: string): ServiceIdentifier<T> {
  return Symbol.for(`@seglog/wal/${name}`);
}
