import * as realFs from 'node:fs';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { SimulatedDisk, type SimulatedNodeFs, simulatedNodeFs } from '../src/index.js';

const home = mkdtempSync(join(tmpdir(), 'seglog-node-fs-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

/** The synchronous functions that are compared, as both file systems have them. */
type Subject = Pick<SimulatedNodeFs, Extract<keyof typeof realFs, keyof SimulatedNodeFs & `${string}Sync`>>;

const name = fc.constantFrom('a', 'b', 'sub/c', 'sub', 'none/d');
const data = fc.constantFrom('', 'x', 'hello', 'y'.repeat(5000));
const slot = fc.nat(2);
const operation = fc.oneof(
  fc.record({
    do: fc.constant('open' as const),
    name,
    flags: fc.constantFrom('r', 'r+', 'w', 'wx', 'w+', 'a', 'a+', 'ax'),
  }),
  fc.record({ do: fc.constant('close' as const), slot }),
  fc.record({ do: fc.constant('write' as const), slot, data, position: fc.option(fc.nat(9000)) }),
  fc.record({ do: fc.constant('read' as const), slot, position: fc.option(fc.nat(9000)) }),
  fc.record({ do: fc.constant('ftruncate' as const), slot, length: fc.nat(6000) }),
  fc.record({ do: fc.constant('fsync' as const), slot }),
  fc.record({ do: fc.constant('readFile' as const), name }),
  fc.record({ do: fc.constant('writeFile' as const), name, data }),
  fc.record({ do: fc.constant('appendFile' as const), name, data }),
  fc.record({
    do: fc.constant('rename' as const),
    name: fc.constantFrom('a', 'b', 'sub'),
    other: fc.constantFrom('a', 'b', 'sub'),
  }),
  fc.record({ do: fc.constant('unlink' as const), name }),
  fc.record({ do: fc.constant('mkdir' as const), name, recursive: fc.boolean() }),
  fc.record({ do: fc.constant('look' as const), name }),
);
type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never;

/** Carries one operation out, and says what came of it: a value, or the code of the error. */
class Run {
  readonly #fs: Subject;
  readonly #home: string;
  readonly #open: number[] = [];

  public constructor(fs: Subject, directory: string) {
    this.#fs = fs;
    this.#home = directory;
  }

  public step(one: Operation): unknown {
    try {
      return this.#carryOut(one);
    } catch (error) {
      return error instanceof Error && 'code' in error ? error.code : error;
    }
  }

  public end(): void {
    for (const fd of this.#open) this.#fs.closeSync(fd);
  }

  #carryOut(one: Operation): unknown {
    const fs = this.#fs;
    const path = 'name' in one ? `${this.#home}/${one.name}` : '';
    const fd = 'slot' in one ? (this.#open[one.slot] ?? 99_999) : 0;
    switch (one.do) {
      case 'open':
        this.#open.push(fs.openSync(path, one.flags));
        return 'done';
      case 'close':
        fs.closeSync(fd);
        this.#open.splice(one.slot, 1);
        return 'done';
      case 'write':
        return fs.writeSync(fd, one.data, one.position);
      case 'read': {
        const buffer = Buffer.alloc(40);
        const count = fs.readSync(fd, buffer, 0, 40, one.position);
        return buffer.toString('latin1', 0, count);
      }
      case 'ftruncate':
        fs.ftruncateSync(fd, one.length);
        return 'done';
      case 'fsync':
        fs.fsyncSync(fd);
        return 'done';
      case 'readFile':
        return String(fs.readFileSync(path, 'utf8'));
      case 'writeFile':
        fs.writeFileSync(path, one.data);
        return 'done';
      case 'appendFile':
        fs.appendFileSync(path, one.data);
        return 'done';
      case 'rename':
        fs.renameSync(path, `${this.#home}/${one.other}`);
        return 'done';
      case 'unlink':
        fs.unlinkSync(path);
        return 'done';
      case 'mkdir':
        fs.mkdirSync(path, { recursive: one.recursive });
        return 'done';
      case 'look':
      default: {
        const stats = fs.statSync(path);
        return stats.isDirectory() ? fs.readdirSync(path).toSorted() : stats.size;
      }
    }
  }
}

test('does what the real one does', () => {
  let runs = 0;
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 30 }), (operations) => {
      runs += 1;
      const directory = join(home, String(runs));
      mkdirSync(directory);
      const real = new Run(realFs as never, directory);
      const simulated = new Run(simulatedNodeFs(new SimulatedDisk({ seed: 1 })), '');
      for (const one of operations) expect([one, simulated.step(one)]).toEqual([one, real.step(one)]);
      real.end();
      rmSync(directory, { recursive: true });
    }),
    { numRuns: 400, seed: 11 },
  );
});

/** What is there after everything unsynced is gone. */
async function afterPowerLoss(program: (fs: SimulatedNodeFs) => Promise<unknown>): Promise<SimulatedNodeFs> {
  const disk = new SimulatedDisk({ seed: 1 });
  await disk.run(() => program(simulatedNodeFs(disk)));
  const [survivor] = disk.survivors('none');
  if (survivor === undefined) throw new TypeError('nothing survives');
  return simulatedNodeFs(survivor.disk());
}

async function write(fs: SimulatedNodeFs, directoryToo: boolean): Promise<void> {
  await fs.promises.writeFile('/a', 'hello', { flush: true });
  const handle = await fs.promises.open('/', 'r');
  if (directoryToo) await handle.sync();
  await handle.close();
}

describe('what a power cut leaves', () => {
  test('bytes are durable by fsync of their file, its name by fsync of its directory', async () => {
    expect((await afterPowerLoss((fs) => write(fs, false))).existsSync('/a')).toBe(false);
    expect((await afterPowerLoss((fs) => write(fs, true))).readFileSync('/a', 'utf8')).toBe('hello');
  });

  test('a name alone brings an empty file', async () => {
    const fs = await afterPowerLoss(async ({ promises }) => {
      await promises.writeFile('/a', 'hello');
      await (await promises.open('/', 'r')).sync();
    });
    expect(fs.readFileSync('/a', 'utf8')).toBe('');
  });
});

describe('every way to call', () => {
  const fs = simulatedNodeFs(new SimulatedDisk({ seed: 1 }));

  test('callbacks', async () => {
    const fd = await promisify<string, string, number>(fs.open)('/callback', 'w+');
    await new Promise<void>((resolve, reject) => {
      fs.write(fd, 'some text', (error: unknown, count: number, text: string) => {
        if (error === null && count === 9 && text === 'some text') resolve();
        else reject(error);
      });
    });
    await expect(promisify<number, undefined>(fs.fsync)(fd)).resolves.toBeUndefined();
    await expect(promisify<string, string>(fs.readFile)('/none')).rejects.toMatchObject({ code: 'ENOENT' });
    const withoutCallback = (): void => fs.stat('/callback');
    expect(withoutCallback).toThrow(TypeError);
  });

  test('handles', async () => {
    const handle = await fs.promises.open('/handle', 'w+');
    await handle.write('0123');
    await handle.write(Buffer.from('abcdef'), 2, 2, 1);
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(8), 0, 8, 0);
    expect(Buffer.from(buffer.subarray(0, bytesRead)).toString()).toBe('0cd3');
    await handle.truncate(2);
    await handle.datasync();
    expect((await handle.stat()).size).toBe(2);
    await handle.close();
    await handle.close();
    await expect(handle.sync()).rejects.toMatchObject({ code: 'EBADF' });
  });

  test('streams of Node itself', async () => {
    const writing = fs.createWriteStream('/stream');
    writing.write('one\n');
    writing.write('two\n');
    await new Promise<void>((resolve) => {
      writing.close(() => resolve());
    });
    let read = '';
    for await (const chunk of fs.createReadStream('/stream', 'utf8')) read += String(chunk);
    expect(read).toBe('one\ntwo\n');
  });

  test('faults of the disk arrive as errors of Node', async () => {
    const disk = new SimulatedDisk({
      seed: 1,
      faults: [{ call: 'write', effect: { kind: 'short', bytes: 2, errno: 'ENOSPC' } }],
    });
    const full = simulatedNodeFs(disk);
    await expect(full.promises.writeFile('/a', 'hello')).rejects.toMatchObject({
      code: 'ENOSPC',
      path: '/a',
    });
    expect(full.readFileSync('/a', 'utf8')).toBe('he');
    expect(() => full.openSync('/a', realFs.constants.O_DSYNC)).toThrow(/EINVAL/);
  });

  test('a process that has died gets no answer', () => {
    const disk = new SimulatedDisk({ seed: 1 });
    const dead = simulatedNodeFs(disk);
    disk.crashAt(1);
    dead.mkdirSync('/a');
    expect(() => dead.mkdirSync('/b')).toThrow(/died/);
    expect(() => dead.statSync('/a')).toThrow(/died/);
  });
});
