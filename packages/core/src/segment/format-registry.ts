import type { Checksum } from '../contract/checksum.js';
import { SeglogError } from '../contract/error.js';
import type { FrameCodec } from '../contract/frame-codec.js';

/** Which codecs and checksums this log can read: found by the ids that each segment is stamped with. */
export class FormatRegistry {
  readonly #codecs = new Map<number, FrameCodec>();
  readonly #checksums = new Map<number, Checksum>();

  public constructor(codecs: readonly FrameCodec[], checksums: readonly Checksum[]) {
    for (const codec of codecs) register(this.#codecs, codec, 'frame codec');
    for (const checksum of checksums) register(this.#checksums, checksum, 'checksum');
  }

  public codec(id: number, file: string): FrameCodec {
    return this.#codecs.get(id) ?? missing(id, file, { part: 'frame codec', way: 'register it for reading' });
  }

  public checksum(id: number, file: string): Checksum {
    return this.#checksums.get(id) ?? missing(id, file, { part: 'checksum', way: 'register it for reading' });
  }
}

interface Part {
  readonly id: number;
  readonly name: string;
}

function register<T extends Part>(known: Map<number, T>, part: T, kind: string): void {
  const before = known.get(part.id);
  if (before !== undefined && before !== part && before.name !== part.name) {
    throw new SeglogError('COMPOSITION', `two ${kind}s have one id`, {
      id: part.id,
      first: before.name,
      second: part.name,
    });
  }
  known.set(part.id, part);
}

function missing(id: number, file: string, { part, way }: { part: string; way: string }): never {
  throw new SeglogError('COMPOSITION', `no ${part} is registered for an id that a segment carries; ${way}`, {
    id,
    file,
  });
}
