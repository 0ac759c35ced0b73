import { type Engine, openEngine, preadModule, type Topic } from 'seglog';
import { JobQueue } from './job-queue.js';

/** A letter to send. Some addresses are wrong, some fail once, and one kills whoever sends it. */
export interface Letter {
  readonly to: number;
}

export const LETTERS = 100;
export const isWrongAddress = ({ to }: Letter): boolean => to % 50 === 17;
export const failsOnce = ({ to }: Letter): boolean => to % 20 === 5;
export const killsItsWorker = ({ to }: Letter): boolean => to === 80;

export interface PostOffice {
  readonly engine: Engine;
  readonly queue: JobQueue<Letter>;
  /** What was sent, as seen from outside: a letter stands here once for each time that it was sent. */
  readonly sent: Topic<string, Letter>;
}

export async function openPostOffice(directory: string): Promise<PostOffice> {
  const engine = await openEngine({ modules: [preadModule(directory)] });
  const queue = await JobQueue.open<Letter>(engine, 'letters');
  const sent = await engine.getOrCreateTopic<Letter>('sent', { partitions: 1 });
  return { engine, queue, sent };
}
