import { SeglogError } from '../contract/error.js';
import { FrameHeader } from '../contract/frame-codec.js';
import type { RollReason } from '../contract/segment-facts.js';
import { invariant } from '../invariant.js';
import type { ActiveSegment } from './active-segment.js';
import type { PlacedFrame } from './ahead-of-log.js';
import type { GroupCommit } from './group-commit.js';
import { rollReason } from './roll-reason.js';
import type { WriteSideParts } from './write-side-parts.js';

export interface PlacedWriterContext
  extends Pick<WriteSideParts, 'settings' | 'marks' | 'manifest' | 'producers' | 'tail'> {
  readonly commit: GroupCommit;
  /** Steps stand in line, or the log takes nothing any more: a frame has to stand in line as well. */
  isBusy(): boolean;
  exclusive<T>(step: () => Promise<T>): Promise<T>;
  roll(reason: RollReason): Promise<unknown>;
  /** The log can no longer be written. */
  poison(cause: unknown): void;
  onWritten(written: { readonly bytes: number; readonly records: number; readonly logEnd: number }): void;
}

/**
 * Takes frames that are durable elsewhere: into memory, at once, unless something has to be done first that takes time. The
 * segment's file writes them behind, in large pieces.
 */
export class PlacedWriter {
  readonly #context: PlacedWriterContext;
  readonly #header = new FrameHeader();

  public constructor(context: PlacedWriterContext) {
    this.#context = context;
  }

  /** See {@link LogPort.place}. */
  public place(frame: PlacedFrame): Promise<void> | undefined {
    if (!this.#context.isBusy() && this.#placed(frame)) return undefined;
    return this.#context.exclusive(() => this.#placeLater(frame));
  }

  /** False when it cannot be done at once; then nothing has changed. */
  #placed(frame: PlacedFrame): boolean {
    const { tail, manifest } = this.#context;
    if (frame.producer !== undefined && !manifest.state.producers) return false;
    const { active } = tail;
    const bytes = frame.encoded?.length ?? active.codec.frameBytes(frame);
    if (this.#rollReason(frame, bytes) !== undefined) return false;
    const buffer = active.lend(bytes);
    if (buffer === undefined) return false;
    this.#write(frame, active, buffer);
    return true;
  }

  /** Alone in the log: makes sure of what a frame needs. */
  async #placeLater(frame: PlacedFrame): Promise<void> {
    const { tail, manifest } = this.#context;
    if (frame.producer !== undefined && !manifest.state.producers) await this.#noteProducers();
    if (frame.baseOffset !== tail.active.assigned.nextOffset) {
      throw new SeglogError('LOG_POISONED', 'the log could not take what comes before a frame', {
        baseOffset: frame.baseOffset,
      });
    }
    const bytes = frame.encoded?.length ?? tail.active.codec.frameBytes(frame);
    const reason = this.#rollReason(frame, bytes);
    if (reason !== undefined) await this.#context.roll(reason);
    else if (tail.active.lend(bytes) === undefined) await tail.active.flush();
    invariant(this.#placed(frame), 'a frame for which there is room is placed');
  }

  /** Before the first stamp is written the manifest says that there are some. */
  async #noteProducers(): Promise<void> {
    try {
      await this.#context.manifest.commit([{ type: 'producers' }]);
    } catch (cause) {
      if (!SeglogError.is(cause, 'STORAGE_FULL')) this.#context.poison(cause);
      throw cause;
    }
  }

  #write(frame: PlacedFrame, active: ActiveSegment, buffer: Uint8Array): void {
    const { marks, commit, producers } = this.#context;
    const { codec, assigned, published, checksum } = active;
    invariant(frame.baseOffset === assigned.nextOffset, 'a frame is placed at the end of the log');
    const position = active.lentAt;
    const bytes = encodeInto(frame, marks.synced, active, buffer);
    const header = this.#header;
    const status = codec.peek(buffer, position, position + bytes, header);
    invariant(status === 'frame' && header.frameBytes === bytes, 'a frame that was encoded is a frame');
    const entry = active.builder.offer(header, assigned.endPosition);
    assigned.add(header, checksum, buffer, { position, headerBytes: codec.headerBytes });
    active.keep(bytes);
    published.publish(assigned);
    if (entry !== undefined) active.open.index.append(entry);
    if (frame.producer !== undefined) producers.settle(assigned.nextOffset);
    marks.wrote(assigned.nextOffset);
    this.#context.onWritten({ bytes, records: frame.count, logEnd: assigned.nextOffset });
    commit.writtenBehind(assigned.nextOffset, bytes);
  }

  #rollReason(frame: PlacedFrame, bytes: number): RollReason | undefined {
    const { tail, settings } = this.#context;
    const { assigned, name } = tail.active;
    return rollReason(
      {
        endPosition: assigned.endPosition,
        firstPosition: name.firstPosition,
        baseOffset: name.baseOffset,
        nextOffset: assigned.nextOffset,
        ageMs: frame.appendTimeMs - name.createdAtMs,
        bytes,
        records: frame.count,
      },
      settings,
    );
  }
}

/** Puts the frame where the active segment goes on in `buffer`, and answers how long it is. */
function encodeInto(
  frame: PlacedFrame,
  stableUpTo: number,
  { codec, lentAt }: ActiveSegment,
  buffer: Uint8Array,
): number {
  const { encoded } = frame;
  if (encoded === undefined || codec.adopt === undefined) {
    const { records, count, baseOffset, epoch, appendTimeMs, minTimestampMs, maxTimestampMs } = frame;
    const { tombstones, producer, offsets } = frame;
    const times = { appendTimeMs, minTimestampMs, maxTimestampMs };
    const batch = { records, count, baseOffset, offsets, epoch, ...times, tombstones, stableUpTo, producer };
    return codec.encode(batch, buffer, lentAt);
  }
  codec.adopt(encoded, stableUpTo, buffer, lentAt);
  return encoded.length;
}
