import { describe, expect, test } from 'vitest';
import { allContenders } from '../src/contender/contenders.js';
import { GroupCommit } from '../src/contender/group-commit.js';
import { type RecordBlock, recordBlocks } from '../src/contender/record-block.js';
import { parseCommandLine } from '../src/run/command-line.js';
import { mountedType } from '../src/run/machine.js';

const all = await allContenders();
const ids = (only: string): readonly string[] =>
  parseCommandLine(['--only', only], all).workloads.map(({ id }) => id);
const names = (...words: readonly string[]): readonly string[] =>
  parseCommandLine(words, all).contenders.map(({ name }) => name);
const mount = (point: string, type: string): string => `22 1 0:21 / ${point} rw shared:1 - ${type} dev rw`;

describe('the command line', () => {
  test('picks workloads by whole ids and by their words', () => {
    expect(ids('machine')).toEqual(['machine.copy', 'machine.write', 'machine.sync']);
    expect(ids('scan.lent,disk')).toEqual(['scan.lent', 'disk']);
    expect(() => ids('scan.all')).toThrow("no workload is called 'scan.all'");
  });

  test('picks contenders', () => {
    const mapped = names('--peers', 'lmdb-async', '--reader', 'mmap');
    expect(mapped).toEqual([
      'seglog mmap',
      'seglog lent',
      'seglog blocking',
      'seglog crt',
      'lmdb async',
      'raw',
    ]);
    expect(names('--peers', 'none', '--reader', 'pread')).toEqual(['seglog', 'seglog blocking', 'raw']);
    expect(() => names('--reader', 'tape')).toThrow(RangeError);
    expect(() => names('--peers', 'other')).toThrow(RangeError);
  });

  test('lets the growth end where one likes', () => {
    const { scale, workloads, growths } = parseCommandLine(
      ['--only', 'growth', '--largest', '100000000'],
      all,
    );
    expect(scale.grownRecords).toEqual([10_000, 100_000_000]);
    expect(workloads).toEqual([]);
    expect(growths.map(({ id }) => id)).toEqual(['growth.records', 'growth.partitions']);
    for (const odd of ['1000', '20000', 'many']) {
      expect(() => parseCommandLine(['--largest', odd], all)).toThrow(RangeError);
    }
  });

  test('records only what was measured whole', () => {
    expect(parseCommandLine(['--record', '--quick'], all)).toMatchObject({
      record: true,
      scale: { name: 'quick' },
    });
    expect(() => parseCommandLine(['--record', '--only', 'scan'], all)).toThrow(RangeError);
  });
});

test('the file system is that of the innermost and latest mount', () => {
  const table = [mount('/', 'ext4'), mount('/a', 'xfs'), mount('/a/b', 'tmpfs'), mount('/a/b', 'btrfs')].join(
    '\n',
  );
  expect(mountedType(table, '/a/b/c')).toBe('btrfs');
  expect(mountedType(table, '/a/bc')).toBe('xfs');
  expect(mountedType(table, '/abc')).toBe('ext4');
  expect(mountedType('', '/abc')).toBeUndefined();
});

describe('a group commit', () => {
  const [one, two, three] = recordBlocks({ blocks: 3, recordsPerBlock: 1 }) as [
    RecordBlock,
    RecordBlock,
    RecordBlock,
  ];

  test('commits together what arrives while a commit is under way', async () => {
    const groups: (readonly RecordBlock[])[] = [];
    const group = new GroupCommit(async (blocks) => {
      groups.push([...blocks]);
      await new Promise((resolve) => setImmediate(resolve));
    });
    const first = group.append(one);
    await Promise.resolve();
    await Promise.all([first, group.append(two), group.append(three)]);
    expect(groups).toEqual([[one], [two, three]]);
  });

  test('tells everyone when it fails', async () => {
    const group = new GroupCommit(() => Promise.reject(new Error('no space')));
    const outcomes = await Promise.allSettled([group.append(one), group.append(two)]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  });
});
