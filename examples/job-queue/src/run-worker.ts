import { fork } from 'node:child_process';
import { once } from 'node:events';

/** A worker in another process, killed after it has sent `killAfter` letters. True when it came to the end of the queue. */
export async function runWorker(directory: string, killAfter?: number): Promise<boolean> {
  const worker = fork(new URL('worker-process.js', import.meta.url), [directory]);
  let sent = 0;
  worker.on('message', () => {
    sent += 1;
    if (sent === killAfter) worker.kill('SIGKILL');
  });
  const [code, signal]: readonly unknown[] = await once(worker, 'close');
  if (code !== 0 && signal !== 'SIGKILL') throw new Error(`the worker ended with code ${String(code)}`);
  return code === 0;
}
