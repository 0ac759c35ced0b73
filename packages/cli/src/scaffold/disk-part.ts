import type { PartTemplate } from './scaffold.js';
import { wrapperTest, wrapperText } from './wrapper-text.js';

/** A disk on top of another one that sees every byte which is written. */
export function diskPart(className: string): PartTemplate {
  const methods = `
  async create(name) {
    return new ${className}File(await this.#inner.create(name));
  }

  async open(name) {
    return new ${className}File(await this.#inner.open(name));
  }

  openReader(name, options) {
    return this.#inner.openReader(name, options);
  }
`;
  const file = `
/** @implements {import('@seglog/core').WritableFile} */
class ${className}File {
  #inner;

  constructor(inner) {
    this.#inner = inner;
  }

  get sizeBytes() {
    return this.#inner.sizeBytes;
  }

  /** All of it, or rejects. The chunks are borrowed until it settles. */
  write(position, chunks) {
    return this.#inner.write(position, chunks);
  }

  preallocate(sizeBytes) {
    return this.#inner.preallocate(sizeBytes);
  }

  truncate(sizeBytes) {
    return this.#inner.truncate(sizeBytes);
  }

  /** Durable when it resolves, and not before. */
  sync() {
    return this.#inner.sync();
  }

  close() {
    return this.#inner.close();
  }
}
`;
  return {
    sentence: 'A disk for Seglog: where bytes go, and when they are durable.',
    module: wrapperText(className, methods) + file,
    test: wrapperTest(className),
  };
}
