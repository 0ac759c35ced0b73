import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Session } from 'node:inspector/promises';
import type { CpuProfile } from './shares.js';

const INTERVAL_US = 200;
const TASKS = '/proc/self/task';
/** As V8 calls the thread that sends its signals. */
const SAMPLING_THREAD = 'v8:ProfEvntProc';

/**
 * V8's own profiler, on all the time: code that is compiled meanwhile knows which functions were inlined into it, and code
 * from before does not.
 */
export class Sampler {
  readonly #session: Session;
  readonly #binding: Binding | undefined;

  private constructor(session: Session, binding: Binding | undefined) {
    this.#session = session;
    this.#binding = binding;
  }

  public static async start(): Promise<Sampler> {
    const session = new Session();
    session.connect();
    await session.post('Profiler.enable');
    await session.post('Profiler.setSamplingInterval', { interval: INTERVAL_US });
    await session.post('Profiler.start');
    return new Sampler(session, await bindToOneCore());
  }

  /** Whether the samples are taken where the time is; see {@link bindToOneCore}. */
  public get bound(): boolean {
    return this.#binding !== undefined;
  }

  public async stop(): Promise<CpuProfile> {
    const { profile } = await this.#session.post('Profiler.stop');
    this.#session.disconnect();
    this.#binding?.release();
    return profile;
  }
}

interface Binding {
  release(): void;
}

/**
 * Puts this thread and the one that samples it on one core, and no other thread. A signal from another core can be noticed as
 * late as at the next system call: where these are short and many, nearly all samples fall on them. On one core the sampling
 * thread interrupts what it samples. Undefined where the system offers no way.
 */
async function bindToOneCore(): Promise<Binding | undefined> {
  // The threads of the pool begin with the first call that needs them, and would be bound as well.
  await stat('.');
  try {
    const [, cores = '0'] =
      /^Cpus_allowed_list:\s*(\S+)/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
    const sampling = readdirSync(TASKS).find((thread) => nameOf(thread) === SAMPLING_THREAD);
    if (sampling === undefined) return undefined;
    const own = String(process.pid);
    for (const thread of [own, sampling]) bind(thread, String(Number.parseInt(cores, 10)));
    return { release: () => bind(own, cores) };
  } catch {
    return undefined;
  }
}

function nameOf(thread: string): string {
  return readFileSync(`${TASKS}/${thread}/comm`, 'utf8').trim();
}

function bind(thread: string, cores: string): void {
  execFileSync('taskset', ['-cp', cores, thread], { stdio: 'ignore' });
}
