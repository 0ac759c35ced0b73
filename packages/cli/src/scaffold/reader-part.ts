import type { PartTemplate } from './scaffold.js';
import { wrapperTest, wrapperText } from './wrapper-text.js';

/** A directory whose readers are its own. */
export function readerPart(className: string): PartTemplate {
  const methods = `
  /** Sealed files never change again: they may be mapped, cached, or fetched from elsewhere. */
  async openReader(name, options) {
    const inner = await this.#inner.openReader(name, options);
    return options.sealed ? new ${className}Reader(inner) : inner;
  }

  create(name) {
    return this.#inner.create(name);
  }

  open(name) {
    return this.#inner.open(name);
  }
`;
  const reader = `
/** @implements {import('@seglog/core').SegmentReader} */
class ${className}Reader {
  #inner;

  constructor(inner) {
    this.#inner = inner;
  }

  /** Up to scratch.length bytes from the position: a view of the scratch, or of memory of its own. Short only at the end. */
  read(position, scratch) {
    return this.#inner.read(position, scratch);
  }

  close() {
    return this.#inner.close();
  }
}
`;
  return {
    sentence: 'A segment reader for Seglog: how the bytes of sealed segments are served.',
    module: wrapperText(className, methods) + reader,
    test: wrapperTest(className),
  };
}
