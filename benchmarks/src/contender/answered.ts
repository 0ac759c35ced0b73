export type Done<T = void> = (error: Error | null | undefined, value: T) => void;

/** Calls what answers by a callback. */
export function answered<T = void>(call: (done: Done<T>) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    call((error, value) => {
      if (error) reject(error);
      else resolve(value);
    });
  });
}
