/** Source of a directory that hands everything on, but for what `methods` say. */
export function wrapperText(className: string, methods: string): string {
  return WRAPPER.replace('METHODS', methods).replaceAll('CLASS', className);
}

/** The exams of a directory, over a disk in memory. */
export function wrapperTest(className: string): string {
  return TEST.replaceAll('CLASS', className);
}

const WRAPPER = `/**
 * A disk on top of another one. Whatever it does not change it hands on; children are wrapped too, or their bytes would go
 * past it.
 *
 * @implements {import('@seglog/core').StorageDirectory}
 */
export class CLASS {
  #inner;

  /** @param {import('@seglog/core').StorageDirectory} inner */
  constructor(inner) {
    this.#inner = inner;
  }

  /** What the disk below can promise, and no more. */
  get supports() {
    return this.#inner.supports;
  }

  get descriptors() {
    return this.#inner.descriptors;
  }

  async directory(name, options) {
    return new CLASS(await this.#inner.directory(name, options));
  }
METHODS
  list() {
    return this.#inner.list();
  }

  sizeOf(name) {
    return this.#inner.sizeOf(name);
  }

  rename(source, target) {
    return this.#inner.rename(source, target);
  }

  remove(name) {
    return this.#inner.remove(name);
  }

  sync() {
    return this.#inner.sync();
  }

  lock(name) {
    return this.#inner.lock(name);
  }

  close() {
    return this.#inner.close();
  }
}
`;

const TEST = `import { describe, test } from 'node:test';
import { MemoryDirectory } from '@seglog/core';
import { segmentReaderConformance, storageDirectoryConformance } from '@seglog/testing';
import { CLASS } from '../src/index.js';

function create() {
  const directory = new CLASS(new MemoryDirectory());
  return { directory, dispose: () => directory.close() };
}

storageDirectoryConformance({ describe, test }, 'CLASS', create);
segmentReaderConformance({ describe, test }, 'CLASS', create);
`;
