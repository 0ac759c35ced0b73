import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ChildEnd } from '../child/run-child.js';
import type { Milestone, Plan } from './plan.js';

/** When to kill: so long after the child has said so. */
export interface KillMoment {
  readonly after: Milestone;
  readonly delayMs: number;
}

/** The compiled child, seen from `src/` as well as from `dist/`. */
const CHILD = fileURLToPath(new URL('../../dist/kill9/child.js', import.meta.url));
const PATIENCE_MS = 30_000;

/** Children to be killed. One is always started ahead, because loading its modules takes longer than its life. */
export class Victims {
  readonly #program: string;
  #next: Victim | undefined;
  readonly #kill: (child: ChildProcess) => void;

  /** `kill` must end the child at once, by a signal or by taking what it stands on. `program` is what a child runs. */
  public constructor(
    kill: (child: ChildProcess) => void = (child) => child.kill('SIGKILL'),
    program: string = CHILD,
  ) {
    this.#kill = kill;
    this.#program = program;
  }

  /**
   * Lets a child carry out its plan until the moment has come, and kills it. Returns what went wrong: a child that ended by
   * itself, or never came so far.
   */
  public async runAndKill(plan: Plan, moment: KillMoment): Promise<readonly string[]> {
    const { child, ended, complaints } = this.#next ?? start(this.#program);
    this.#next = start(this.#program);
    let timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
    let reached = false;
    onLine(child, (line) => {
      if (line !== moment.after || reached) return;
      reached = true;
      clearTimeout(timer);
      timer = setTimeout(() => this.#kill(child), moment.delayMs);
    });
    child.stdin?.end(JSON.stringify(plan));
    const end = await ended;
    clearTimeout(timer);
    if (end !== 'SIGKILL') return [`the child ended by itself, with ${end}: ${complaints().trim()}`];
    return reached ? [] : [`the child did not come to '${moment.after}' within ${PATIENCE_MS} ms`];
  }

  /** Ends the child that nobody needs any more. */
  public end(): void {
    this.#next?.child.kill('SIGKILL');
    this.#next = undefined;
  }
}

/** A child that waits for its plan. It may end before anybody looks at it. */
interface Victim {
  readonly child: ChildProcess;
  readonly ended: Promise<ChildEnd>;
  /** What it has said on its error stream. */
  readonly complaints: () => string;
}

function start(program: string): Victim {
  const child = spawn(process.execPath, [program], { stdio: ['pipe', 'pipe', 'pipe'] });
  // A child that ended before it had read its plan says so by its end.
  child.stdin.on('error', () => undefined);
  const ended = new Promise<ChildEnd>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(signal ?? code));
  });
  ended.catch(() => undefined);
  return { child, ended, complaints: collect(child.stderr) };
}

function collect(stream: ChildProcess['stderr']): () => string {
  let text = '';
  stream?.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  return () => text;
}

function onLine(child: ChildProcess, use: (line: string) => void): void {
  let rest = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    const lines = (rest + chunk.toString()).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) use(line);
  });
}
