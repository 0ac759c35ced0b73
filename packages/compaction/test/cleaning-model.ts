import type { CleanupOverrides, CleanupPolicy } from '@seglog/core';
import { MemoryDirectory } from '@seglog/core';
import { copyDirectory, type FaultyCall, FaultyDirectory, VirtualClock } from '@seglog/testing';
import * as fc from 'fast-check';
import { expect } from 'vitest';
import { exactOffsetMap, hashedOffsetMap, sizeTiered } from '../src/index.js';
import { expectedState } from './cleaning-study.js';
import { fold, openRig, type Rig, type RigSetup, recordOf, recordsOf, wordsOf } from './rig.js';

const SETTINGS = { maxSegmentBytes: 4096, indexIntervalBytes: 256 };

/** Compositions that a reopening may choose anew. */
export const SETUPS: readonly RigSetup[] = [
  { settings: SETTINGS },
  { settings: SETTINGS, parts: { offsetMap: hashedOffsetMap() } },
  { settings: SETTINGS, parts: { offsetMap: exactOffsetMap({ maxBytes: 1024 }), strategy: sizeTiered() } },
  { settings: SETTINGS, parts: { offsetMap: hashedOffsetMap({ maxBytes: 1024 }) } },
];

/** The log as a map knows it: everything that was appended, in words. */
export interface CleaningModel {
  readonly appended: string[];
  /** Whether retention may have removed something. */
  mayDelete: boolean;
}

const MUTATING: readonly FaultyCall[] = [
  'create',
  'rename',
  'remove',
  'write',
  'truncate',
  'sync',
  'syncDirectory',
];

/** A log that is cleaned, closed, killed and opened again. */
export class CleaningWorld {
  public rig: Rig;
  public readonly clock: VirtualClock;
  #medium: MemoryDirectory;
  #root: FaultyDirectory;
  #setup: RigSetup;

  private constructor(
    rig: Rig,
    place: { readonly medium: MemoryDirectory; readonly root: FaultyDirectory; readonly clock: VirtualClock },
  ) {
    this.rig = rig;
    this.#medium = place.medium;
    this.#root = place.root;
    this.clock = place.clock;
    this.#setup = SETUPS[0] ?? {};
  }

  public static async start(): Promise<CleaningWorld> {
    const medium = new MemoryDirectory();
    const [root, clock] = [new FaultyDirectory(medium), new VirtualClock()];
    return new CleaningWorld(await openRig({ root, clock }, SETUPS[0]), { medium, root, clock });
  }

  public configure(policy: CleanupPolicy, cleanup: CleanupOverrides): void {
    this.#setup = { ...this.#setup, policy, cleanup };
    this.rig.configure(policy, cleanup);
  }

  /** Opens anew with other parts: after a clean close, or on what a killed process has left. */
  public async reopen(parts: RigSetup, how: 'closed' | 'killed'): Promise<void> {
    if (how === 'killed') {
      this.#root.faults.inject({ call: MUTATING, times: Number.POSITIVE_INFINITY });
      this.#medium = await copyDirectory(this.#medium);
      await this.rig.close().catch(() => undefined);
    } else await this.rig.close();
    this.#root = new FaultyDirectory(this.#medium);
    this.#setup = { ...this.#setup, ...parts };
    this.rig = await openRig({ root: this.#root, clock: this.clock }, this.#setup);
  }
}

export type CleaningCommand = fc.AsyncCommand<CleaningModel, CleaningWorld>;

/** What a map shows after the command is what it would show without any cleaning. */
export async function requireSame(model: CleaningModel, { rig }: CleaningWorld): Promise<void> {
  const { logStart, logEnd } = rig.log.offsets();
  expect(logEnd).toBe(model.appended.length);
  if (!model.mayDelete) expect(logStart).toBe(0);
  const records = await recordsOf(rig.log);
  for (const record of records) expect(wordsOf(record)).toBe(model.appended[record.offset]);
  expect(fold(records)).toEqual(expectedState(model.appended, logStart));
}

export function cleaningCommands(): fc.Arbitrary<CleaningCommand>[] {
  const words = fc
    .tuple(fc.nat(6), fc.option(fc.nat(700), { freq: 4 }))
    .map(([key, bytes]) => (bytes === null ? `k${key}` : `k${key}=${'v'.repeat(bytes)}`));
  const keyless = fc.nat(9).map((value) => `=${value}`);
  const word = fc.oneof({ arbitrary: words, weight: 9 }, keyless);
  const appends = fc
    .array(word, { minLength: 1, maxLength: 5 })
    .map((given) => command(`append ${given.length}`, (model, world) => append(model, world, given)));
  const setup = fc.constantFrom(...SETUPS);
  return [
    appends,
    appends,
    fc.constant(command('roll', async (_, { rig }) => void (await rig.log.roll()))),
    fc.constant(command('compact', async (_, { rig }) => void (await rig.cleanup.compact('t')))),
    fc.constant(command('round', (_, { rig }) => rig.cleanup.run())),
    fc.nat(3000).map((ms) => command(`wait ${ms}`, async (_, { clock }) => clock.spend(ms))),
    setup.map((parts) => command('reopen', (_, world) => world.reopen(parts, 'closed'))),
    setup.map((parts) => command('kill', (_, world) => world.reopen(parts, 'killed'))),
    fc
      .record({ minDirtyRatio: fc.constantFrom(0.1, 0.5), deleteRetentionMs: fc.constantFrom(0, 1000) })
      .map((cleanup) => command('compact only', async (_, world) => world.configure('compact', cleanup))),
    fc
      .record({ retentionRecords: fc.integer({ min: 3, max: 30 }), retentionMs: fc.constantFrom(2000, 9000) })
      .map((cleanup) =>
        command('compact, delete', async (model, world) => {
          model.mayDelete = true;
          world.configure('compact,delete', cleanup);
        }),
      ),
  ];
}

async function append(model: CleaningModel, { rig }: CleaningWorld, given: readonly string[]): Promise<void> {
  await rig.log.append(given.map(recordOf));
  model.appended.push(...given);
}

function command(
  name: string,
  step: (model: CleaningModel, world: CleaningWorld) => Promise<void>,
): CleaningCommand {
  return {
    check: () => true,
    toString: () => name,
    async run(model, world) {
      await step(model, world);
      await requireSame(model, world);
    },
  };
}

/** Runs drawn commands and returns how many there were. */
export async function runCleaningModel(options: {
  readonly runs: number;
  readonly maxCommands: number;
  readonly seed: number;
}): Promise<number> {
  const { runs: numRuns, maxCommands, seed } = options;
  let taken = 0;
  const steps = fc.commands(cleaningCommands(), { maxCommands, size: '+1' });
  const property = fc.asyncProperty(steps, async (commands) => {
    const world = await CleaningWorld.start();
    try {
      await fc.asyncModelRun(() => ({ model: { appended: [], mayDelete: false }, real: world }), commands);
      taken += [...commands].length;
    } finally {
      await world.rig.close().catch(() => undefined);
    }
  });
  await fc.assert(property, { numRuns, seed });
  return taken;
}
