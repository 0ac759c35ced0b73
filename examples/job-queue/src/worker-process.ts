import { failsOnce, isWrongAddress, killsItsWorker, openPostOffice } from './letters.js';

/** Sends letters until there are none left, and tells its parent of each one. */
async function main(directory: string): Promise<void> {
  const { engine, queue, sent } = await openPostOffice(directory);
  await queue.drain(async ({ job, attempt }) => {
    if (killsItsWorker(job)) process.kill(process.pid, 'SIGKILL');
    if (isWrongAddress(job)) throw new RangeError(`nobody lives at ${job.to}`);
    if (failsOnce(job) && attempt === 1) throw new RangeError('the letter box is full');
    await sent.append({ value: job });
    process.send?.(job.to);
  });
  await engine.close();
  process.disconnect();
}

await main(process.argv[2] ?? '');
