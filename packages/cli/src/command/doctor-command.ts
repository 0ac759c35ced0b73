import { type DiskProbe, probeDisk } from '../doctor/probe-disk.js';
import { type Surroundings, surroundings } from '../doctor/surroundings.js';
import { EXIT } from '../place/exit-code.js';
import { openPlace } from '../place/open-place.js';
import { escapedText } from '../text/escape.js';
import { byteText } from '../text/units.js';
import { type CommandSpec, JSON_OPTION } from './command-spec.js';
import { flagGiven } from './given.js';
import { printJson, printLines } from './output.js';

/** One thing that was looked at. */
interface Check {
  readonly name: string;
  readonly verdict: 'ok' | 'note' | 'wrong';
  readonly words: string;
}

export const doctorCommand: CommandSpec = {
  name: 'doctor',
  summary: 'whether this machine can keep a store, and which sync policy fits',
  description:
    'Looks at Node, the system, the file system and the native parts. With --write it also tries the medium out, in a directory of its ' +
    'own inside the one that is given, and removes it: what a sync costs, whether it can be real, whether the lock keeps other ' +
    'processes away. From that follows the advice for a sync policy.',
  words: [{ name: '<dir>', description: 'a directory: a data root, or where one is to be' }],
  options: [
    { flags: '--write', description: 'try the medium out, with a few files that are removed' },
    JSON_OPTION,
  ],
  example: 'seglog doctor ./data --write',
  exits: ['1 when something is wrong'],
  async run({ terminal, words, options }) {
    const path = words[0] ?? '.';
    const place = await openPlace(path);
    await place.close();
    const around = surroundings(path);
    const probe = flagGiven(options, 'write') ? await probeDisk(path) : undefined;
    const checks = [...aroundChecks(around), ...(probe === undefined ? [] : probeChecks(probe))];
    const advice = probe && policyFor(probe);
    if (flagGiven(options, 'json'))
      await printJson(terminal, { surroundings: around, probe, checks, advice });
    else {
      const lines = checks.map(
        ({ name, verdict, words: said }) => `${verdict.padEnd(5)} ${name}: ${escapedText(said)}`,
      );
      const last = advice === undefined ? 'next: --write tries the medium out' : `sync policy: ${advice}`;
      await printLines(terminal, [...lines, last]);
    }
    return checks.some(({ verdict }) => verdict === 'wrong') ? EXIT.found : EXIT.ok;
  },
};

/** File systems that keep nothing when the power goes, or whose locks and syncs depend on another machine. */
const FORGETFUL: ReadonlySet<string> = new Set(['tmpfs', 'ramfs']);
const REMOTE: ReadonlySet<string> = new Set(['nfs', 'nfs4', 'cifs', 'smb3', 'ceph', 'fuseblk', 'fuse', '9p']);

function aroundChecks(around: Surroundings): readonly Check[] {
  const { node, nodeIsSupported, system, cores, memoryBytes, fileSystem, checksums, memoryMap } = around;
  return [
    {
      name: 'node',
      verdict: nodeIsSupported ? 'ok' : 'wrong',
      words: nodeIsSupported ? node : `${node} is not supported: use 20.19, 22.12, 24 or newer`,
    },
    { name: 'system', verdict: 'ok', words: `${system}, ${cores} cores, ${byteText(memoryBytes)}` },
    fileSystemCheck(fileSystem),
    { name: 'checksums', verdict: 'ok', words: checksums },
    {
      name: 'memory maps',
      verdict: memoryMap === undefined ? 'note' : 'ok',
      words: memoryMap ?? 'none: sealed segments are read by calls, which is slower and otherwise the same',
    },
  ];
}

function fileSystemCheck(fileSystem: string | undefined): Check {
  const name = 'file system';
  if (fileSystem === undefined) return { name, verdict: 'note', words: 'the system does not tell' };
  if (FORGETFUL.has(fileSystem))
    return { name, verdict: 'wrong', words: `${fileSystem} is memory: a power cut takes everything` };
  if (REMOTE.has(fileSystem.replace(/^fuse\..*/, 'fuse')))
    return {
      name,
      verdict: 'note',
      words: `${fileSystem}: locks and syncs are what the other side makes of them`,
    };
  return { name, verdict: 'ok', words: fileSystem };
}

const milliseconds = (value: number): string => `${value.toFixed(value < 1 ? 3 : 1)} ms`;

function probeChecks({ syncMs, writeMs, syncIsReal, directorySync, lock }: DiskProbe): readonly Check[] {
  const cost = `${milliseconds(syncMs.median)} an append of 4 KiB (slowest ${milliseconds(syncMs.slowest)}; without a sync ${milliseconds(writeMs)})`;
  return [
    {
      name: 'sync',
      verdict: syncIsReal ? 'ok' : 'wrong',
      words: syncIsReal
        ? cost
        : `${cost}: too fast to be real; memory, or a device that does not keep what it says`,
    },
    {
      name: 'names',
      verdict: directorySync === 'works' ? 'ok' : 'wrong',
      words: `sync of a directory ${directorySync}`,
    },
    { name: 'lock', verdict: lock === 'excludes other processes' ? 'ok' : 'wrong', words: lock },
  ];
}

/** What keeps the promise of a synced append at a bearable price. */
function policyFor({ syncMs: { median } }: DiskProbe): string {
  if (median < 0.5)
    return `always: a sync takes ${milliseconds(median)}, and appends that wait together share one`;
  if (median < 5)
    return `group:2ms: a sync takes ${milliseconds(median)}, so let appends wait for each other a little`;
  return `group:10ms, or ms:100 where losing a tenth of a second is bearable: a sync takes ${milliseconds(median)}`;
}
