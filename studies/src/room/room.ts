import { createRequire } from 'node:module';
import { type SimulatedDisk, type SimulatedNodeFs, simulatedNodeFs } from '@seglog/testing';
import { type Program, ROOM_NAMES } from './program.js';
import { processOf } from './room-process.js';
import { dateOf, mathOf, timersOf } from './room-time.js';

const nodeRequire = createRequire(import.meta.url);

/** One life of a process whose files, time, chance and identity are those of a simulation. */
export class Room {
  public readonly disk: SimulatedDisk;
  public readonly fs: SimulatedNodeFs;

  public constructor(disk: SimulatedDisk) {
    this.disk = disk;
    this.fs = simulatedNodeFs(disk);
  }

  /** Starts a program from nothing, and gives what it exports. */
  public load(program: Program): unknown {
    const module = { exports: {} };
    const things = this.#things(module);
    program(...ROOM_NAMES.map((name) => things[name]));
    return module.exports;
  }

  #things(module: { exports: object }): Readonly<Record<(typeof ROOM_NAMES)[number], unknown>> {
    const process = processOf();
    return {
      exports: module.exports,
      require: (id: string) => this.#modules(id.replace(/^node:/, ''), process),
      module,
      __filename: '/store.cjs',
      __dirname: '/',
      process,
      globalThis: Object.create(globalThis, { process: { value: process } }),
      console: { log() {}, warn() {}, error() {} },
      ...timersOf(this.disk.clock),
      Date: dateOf(this.disk.clock),
      Math: mathOf(this.disk.random),
    };
  }

  #modules(id: string, process: object): unknown {
    if (id === 'fs') return this.fs;
    if (id === 'fs/promises') return this.fs.promises;
    if (id === 'process') return process;
    if (id === 'worker_threads') return { threadId: 0 };
    return nodeRequire(`node:${id}`);
  }
}
