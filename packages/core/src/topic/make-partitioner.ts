import { type FactoryShape, makePart } from '../contract/shape.js';
import type { Partitioner, PartitionerFactory } from './partitioner.js';

/** What the factory of a partitioner is, and what it must return. */
export const PARTITIONER_SHAPE: FactoryShape = {
  part: 'partitioner',
  is: 'a factory, as roundRobin() returns',
  makes: { methods: ['partition'] },
};

/** The partitioner of one producer. `COMPOSITION` unless it is one. */
export function makePartitioner(factory: PartitionerFactory): Partitioner {
  return makePart(PARTITIONER_SHAPE, factory);
}
