/**
 * A DataView over whatever buffer was asked for last: views are several times as fast as byte loads, and dear to make.
 * Positions in it are those in the source plus its `byteOffset`. It keeps that one buffer alive.
 */
export class BufferView {
  #buffer: ArrayBufferLike | undefined;
  #view: DataView = new DataView(new ArrayBuffer(0));

  public of(source: Uint8Array): DataView {
    const { buffer } = source;
    if (buffer !== this.#buffer) {
      this.#view = new DataView(buffer);
      this.#buffer = buffer;
    }
    return this.#view;
  }
}
