/** The part that is used here; the package brings no types. */
declare module 'async-append-only-log' {
  namespace openLog {
    type Done<T = void> = (error: Error | null | undefined, value: T) => void;

    interface Sink {
      readonly paused: boolean;
      write(payload: Buffer): void;
      end(error?: unknown): void;
    }

    interface Log {
      append(payloads: readonly Buffer[], done: Done): void;
      onDrain(done: () => void): void;
      get(position: number, done: Done<Buffer>): void;
      stream(options: { readonly offsets: boolean }): { pipe(sink: Sink): void };
      close(done: Done): void;
    }
  }

  function openLog(
    path: string,
    options: { readonly blockSize: number; readonly writeTimeout: number },
  ): openLog.Log;

  export = openLog;
}
