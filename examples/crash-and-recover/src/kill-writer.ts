import { fork } from 'node:child_process';
import { once } from 'node:events';

/** Starts the writer, kills it with `SIGKILL` once `enough` appends were acknowledged, and returns how many it told of. */
export async function killWriter(directory: string, enough: number): Promise<number> {
  const writer = fork(new URL('writer-process.js', import.meta.url), [directory]);
  let acknowledged = 0;
  writer.on('message', (offset: number) => {
    acknowledged = offset + 1;
    if (acknowledged >= enough) writer.kill('SIGKILL');
  });
  const [, signal]: readonly unknown[] = await once(writer, 'close');
  if (signal !== 'SIGKILL') throw new Error('the writer ended by itself');
  return acknowledged;
}
