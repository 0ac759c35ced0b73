import { costOfPartitions } from '../workload/partitions.js';
import { decades, type Growth } from './growth.js';

/** One topic with more and more partitions. */
export const partitionGrowth: Growth = {
  id: 'growth.partitions',
  title: 'one topic with more and more partitions',
  axis: 'partitions',
  charts: [
    {
      id: 'cost',
      title: 'time for one record, in turn over so many partitions',
      unit: 'ns',
      lines: { appendNs: 'append', readNs: 'read' },
    },
    {
      id: 'open',
      title: 'time for each of so many partitions',
      unit: 'us',
      lines: { createUs: 'create', openUs: 'open after a clean close' },
    },
  ],
  flat: ['appendNs', 'readNs', 'createUs', 'openUs'],
  sizes: ({ grownPartitions: [first, last] }) => decades(first, last),
  measure: async (partitions, workplace) => {
    const { recordsPerSecond, reads, createMs, openMs } = await costOfPartitions(workplace, partitions);
    const perPartition = 1000 / partitions;
    return {
      appendNs: 1e9 / recordsPerSecond,
      readNs: 1e9 / reads,
      createUs: createMs * perPartition,
      openUs: openMs * perPartition,
    };
  },
};
