import type { PartTemplate } from './scaffold.js';

/** The smallest honest index store: an array that is made anew at every opening. */
export function indexPart(className: string): PartTemplate {
  return {
    sentence: 'An index store for Seglog: where in a segment to start reading.',
    module: MODULE.replaceAll('CLASS', className),
    test: TEST.replaceAll('CLASS', className),
  };
}

const MODULE = `/**
 * Keeps nothing between two openings and says so: \`coveredUpTo\` is the first position, and the log offers the frames again.
 *
 * @returns {import('@seglog/core').IndexStoreFactory} a factory, because each partition has a store of its own
 */
export function createCLASS() {
  return () => ({
    name: 'CLASS',
    open: async (segment) => ({ index: new CLASS(segment), coveredUpTo: segment.firstPosition }),
    remove: async () => undefined,
  });
}

/** @implements {import('@seglog/core').SegmentIndex} */
class CLASS {
  #start;
  #entries = [];

  /** @param {import('@seglog/core').SegmentFacts} segment */
  constructor(segment) {
    this.#start = segment.firstPosition;
  }

  append(entry) {
    this.#entries.push(entry);
  }

  floor(offset) {
    return this.#entries.findLast((entry) => entry.offset <= offset)?.position ?? this.#start;
  }

  /** An entry's time is the highest of any record before its position. */
  floorByTime(timestampMs) {
    return this.#entries.findLast((entry) => entry.maxTimestampMs < timestampMs)?.position ?? this.#start;
  }

  truncateAfter(position) {
    this.#entries = this.#entries.filter((entry) => entry.position < position);
  }

  async flush() {}

  async close() {}
}
`;

const TEST = `import { describe, test } from 'node:test';
import { MemoryDirectory } from '@seglog/core';
import { indexStoreConformance } from '@seglog/testing';
import { createCLASS } from '../src/index.js';

function create() {
  const directory = new MemoryDirectory();
  return { directory, factory: createCLASS(), dispose: () => directory.close() };
}

// With keeps: true the exam demands that what was flushed is covered when the segment is opened again.
indexStoreConformance({ describe, test }, 'CLASS', create, { keeps: false, files: false });
`;
