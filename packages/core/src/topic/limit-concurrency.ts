/** Runs `task` for every number in `[from, to)`, at most `limit` at a time. After a failure no further one is started. */
export async function forEachNumber(
  range: { readonly from: number; readonly to: number; readonly limit: number },
  task: (number: number) => Promise<void>,
): Promise<void> {
  let next = range.from;
  let failed = false;
  const worker = async (): Promise<void> => {
    while (!failed && next < range.to) {
      const number = next;
      next += 1;
      try {
        await task(number);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const workers = Array.from({ length: Math.min(range.limit, range.to - range.from) }, worker);
  const results = await Promise.allSettled(workers);
  throwFirst(results);
}

/** Runs every task, at most `limit` at a time, whatever fails; then throws the first failure, if there was one. */
export async function settleEach<T>(
  items: readonly T[],
  limit: number,
  task: (item: T) => Promise<void>,
): Promise<void> {
  const failures: PromiseSettledResult<void>[] = [];
  await forEachNumber({ from: 0, to: items.length, limit }, async (index) => {
    const [result] = await Promise.allSettled([task(items[index] as T)]);
    if (result?.status === 'rejected') failures.push(result);
  });
  throwFirst(failures);
}

export function throwFirst(results: readonly PromiseSettledResult<unknown>[]): void {
  const failure = results.find((result) => result.status === 'rejected');
  if (failure !== undefined) throw failure.reason;
}
