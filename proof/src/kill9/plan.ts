import type { EnginePlan } from '../engine/open-engine.js';
import type { ProducerMemory } from './producer-model.js';
import type { WorldModel } from './world-model.js';

/** What a child is told to do. */
export interface Plan {
  readonly seed: number;
  readonly cycle: number;
  /** `load` works until it is killed, closing and opening again now and then; `recover` only opens everything. */
  readonly task: 'load' | 'recover';
  readonly engine: EnginePlan;
  /** The file that it writes down everything in. */
  readonly ledger: string;
  /** Milliseconds of load after which the engine is closed and opened again. */
  readonly closeAfterMs: number;
  readonly topics: readonly PlannedTopic[];
  /** Ask for nothing less than a sync, so that everything acknowledged must outlive the power. Default false. */
  readonly onlySynced?: boolean | undefined;
}

export interface PlannedTopic {
  readonly name: string;
  /** By partition. */
  readonly producers: readonly ProducerMemory[];
}

/** What a child says on its output, one a line: moments worth killing it in. */
export type Milestone = 'opening' | 'open' | 'closing';

export function plannedTopics(world: WorldModel): readonly PlannedTopic[] {
  return [...world.topics.values()].map(({ name, partitions }) => ({
    name,
    producers: partitions.map(({ memory }) => memory),
  }));
}
