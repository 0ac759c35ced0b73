import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Plan } from '../kill9/plan.js';
import { type KillMoment, Victims } from '../kill9/victims.js';
import type { Disk, PowerSwitch } from './disks.js';

const STOPPING_MS = 1000;

/**
 * Takes the power from children while they write to a disk.
 *
 * A child is stopped just before the cut. Its calls in flight go on in the kernel and are cut, but nobody hears what they
 * answer. That matters: a sync that is in flight when ext4 is shut down may report success although nothing of it was
 * written. A real power cut has no such witness.
 */
export class Outage {
  readonly #disk: Disk;
  readonly #victims = new Victims((child) => {
    this.#cutting = this.#cut(child);
    // It is awaited once the child has ended.
    this.#cutting.catch(() => undefined);
  });
  #switch: PowerSwitch | undefined;
  #cutting: Promise<void> | undefined;

  public constructor(disk: Disk) {
    this.#disk = disk;
  }

  /** Lets a child carry out its plan until the moment has come, cuts the power, and brings it back. Returns what went wrong. */
  public async strike(plan: Plan, moment: KillMoment): Promise<readonly string[]> {
    this.#cutting = undefined;
    this.#switch = this.#disk.prepareCut();
    const faults = await this.#victims.runAndKill(plan, moment);
    await (this.#cutting ?? this.#switch.cancel());
    this.#disk.restorePower();
    return faults;
  }

  public end(): void {
    this.#victims.end();
  }

  async #cut(child: ChildProcess): Promise<void> {
    try {
      stop(child);
      await this.#switch?.cut();
    } finally {
      child.kill('SIGKILL');
    }
  }
}

/** Returns when the child's main thread runs no more. */
function stop(child: ChildProcess): void {
  child.kill('SIGSTOP');
  for (const until = performance.now() + STOPPING_MS; stateOf(child) === 'running'; ) {
    if (performance.now() > until) throw new Error('the child does not stop');
  }
}

function stateOf({ pid }: ChildProcess): 'running' | 'stopped' {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return /^[TtZX]/.test(stat.slice(stat.lastIndexOf(')') + 2)) ? 'stopped' : 'running';
  } catch {
    return 'stopped';
  }
}
