import type { PartTemplate } from './scaffold.js';

/** A codec that begins as the batch codec under an id of its own. */
export function codecPart(className: string): PartTemplate {
  return {
    sentence: 'A frame codec for Seglog: how records become bytes that can prove themselves.',
    module: MODULE.replaceAll('CLASS', className),
    test: TEST.replaceAll('CLASS', className),
  };
}

const MODULE = `import { batchFrameCodec } from '@seglog/core';

const inner = batchFrameCodec();

/**
 * Begins as the batch codec under an id of its own. Make one method after the other yours. Ids of 128 and above are free; the
 * id is stamped in every segment, so it never changes once there is data.
 *
 * @implements {import('@seglog/core').FrameCodec}
 */
export class CLASS {
  id = 200;
  name = 'CLASS';
  maxRecordsPerFrame = inner.maxRecordsPerFrame;
  /** What the frames can prove. The exam tries what is claimed, and that nothing else is. */
  guarantees = inner.guarantees;

  /** @param {import('@seglog/core').SegmentCodecContext} context */
  forSegment(context) {
    return new CLASSFrames(context);
  }
}

/** @implements {import('@seglog/core').SegmentCodec} */
class CLASSFrames {
  #frames;

  /** @param {import('@seglog/core').SegmentCodecContext} context */
  constructor(context) {
    this.#frames = inner.forSegment(context);
  }

  get headerBytes() {
    return this.#frames.headerBytes;
  }

  /** Exact length of the frame that encode will write. */
  frameBytes(batch) {
    return this.#frames.frameBytes(batch);
  }

  encode(batch, target, position) {
    return this.#frames.encode(batch, target, position);
  }

  /** Bad bytes are an answer: never throws, never believes a length that no checksum vouches for. */
  peek(source, position, limit, into) {
    return this.#frames.peek(source, position, limit, into);
  }

  verify(source, position, header) {
    return this.#frames.verify(source, position, header);
  }

  producer(source, position, header) {
    return this.#frames.producer(source, position, header);
  }

  locate(source, position, limit) {
    return this.#frames.locate(source, position, limit);
  }

  createCursor() {
    return this.#frames.createCursor();
  }
}
`;

const TEST = `import { describe, test } from 'node:test';
import { frameCodecConformance } from '@seglog/testing';
import { CLASS } from '../src/index.js';

frameCodecConformance({ describe, test }, 'CLASS', new CLASS());
`;
