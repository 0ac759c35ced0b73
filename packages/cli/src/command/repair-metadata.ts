import type { KnownFormats } from '@seglog/core';
import { PreadDirectory } from '@seglog/fs-pread';
import { CommandFailure, EXIT, type ExitCode } from '../place/exit-code.js';
import { type CatalogPlan, planCatalog, rebuildCatalog } from '../repair/catalog-rebuild.js';
import { planSession, rebuildSession, type SessionPlan } from '../repair/session-rebuild.js';
import { escapedText } from '../text/escape.js';
import { countOf } from '../text/units.js';
import type { CommandCall } from './command-spec.js';
import { flagGiven } from './given.js';
import { printJson, printLines } from './output.js';

/** What stands for a whole data root, and can be made anew from what its logs hold. */
interface Metadata<Plan extends { readonly complaint: string | undefined }> {
  plan(disk: PreadDirectory): Promise<Plan>;
  /** Carries a plan out that has a complaint. The lock is held. */
  rebuild(disk: PreadDirectory, plan: Plan): Promise<void>;
  lines(plan: Plan, written: boolean): readonly string[];
}

export function repairCatalog(path: string, call: CommandCall, formats: KnownFormats): Promise<ExitCode> {
  return repairMetadata<CatalogPlan>(path, call, {
    plan: (disk) => planCatalog(disk, formats),
    rebuild: (disk, plan) => rebuildCatalog(disk, plan, formats),
    lines: catalogLines,
  });
}

export function repairSession(path: string, call: CommandCall, formats: KnownFormats): Promise<ExitCode> {
  return repairMetadata<SessionPlan>(path, call, {
    plan: (disk) => planSession(disk, formats),
    rebuild: (disk, plan) => {
      requireKnown(plan);
      return rebuildSession(disk, plan);
    },
    lines: sessionLines,
  });
}

async function repairMetadata<Plan extends { readonly complaint: string | undefined }>(
  path: string,
  { terminal, options }: CommandCall,
  metadata: Metadata<Plan>,
): Promise<ExitCode> {
  const write = flagGiven(options, 'write');
  const disk = new PreadDirectory(path, { create: false });
  try {
    const plan = write ? await rebuilt(disk, metadata) : await metadata.plan(disk);
    const due = plan.complaint !== undefined;
    if (flagGiven(options, 'json')) await printJson(terminal, { written: write && due, ...plan });
    else await printLines(terminal, metadata.lines(plan, write));
    return EXIT.ok;
  } finally {
    await disk.close();
  }
}

/** Looks and writes with the lock held, so that no writer comes between. */
async function rebuilt<Plan extends { readonly complaint: string | undefined }>(
  disk: PreadDirectory,
  metadata: Metadata<Plan>,
): Promise<Plan> {
  const lock = await disk.lock('LOCK');
  try {
    const plan = await metadata.plan(disk);
    if (plan.complaint !== undefined) await metadata.rebuild(disk, plan);
    return plan;
  } finally {
    await lock[Symbol.asyncDispose]();
  }
}

function catalogLines({ complaint, topics, strays }: CatalogPlan, written: boolean): readonly string[] {
  if (complaint === undefined) return ['the catalog can be read: nothing to do'];
  const lines = [escapedText(complaint)];
  for (const { topic, known } of topics) {
    const how = known
      ? 'as the old catalog said'
      : 'with string keys, json values and no compaction: nothing tells what it had';
    lines.push(`topic ${topic.name}, ${countOf(topic.partitions, 'partition')}, ${how}`);
  }
  for (const stray of strays) lines.push(`topics/${escapedText(stray)} is no topic: left alone`);
  lines.push(
    written
      ? 'the catalog was rebuilt; the old files are beside it, named lost-*'
      : 'nothing was written: add --write to rebuild the catalog',
  );
  lines.push('topics that were deleted, and whose files were not gone yet, are back');
  return lines;
}

function sessionLines(
  { complaint, found, epoch, unknown }: SessionPlan,
  written: boolean,
): readonly string[] {
  if (complaint === undefined) return ['the session can be read, and is ahead of every frame: nothing to do'];
  return [
    complaint,
    `the highest writer epoch of any file is ${found}; the session begins at ${epoch}, far above what may have been lost`,
    ...unknown.map((file) => `${escapedText(file)} cannot be looked into: its codec is not known`),
    written
      ? 'the session was rebuilt; one that could not be read is beside it, as lost-SESSION'
      : 'nothing was written: add --write to rebuild the session',
  ];
}

/** A frame of a higher epoch might stand there. */
function requireKnown({ unknown }: SessionPlan): void {
  if (unknown.length === 0) return;
  throw new CommandFailure(`the epochs of ${countOf(unknown.length, 'segment')} cannot be read`, {
    exitCode: EXIT.failed,
    code: 'UNKNOWN_CODEC',
    wayOut: 'name the module of their codec with --codec ./my-codec.js; nothing was changed',
  });
}
