import { EventEmitter } from 'node:events';

/** A process with the same number each time, which nobody ends from within. */
export function processOf(): object {
  return Object.assign(new EventEmitter(), {
    pid: 4242,
    platform: 'linux',
    env: {},
    argv: [],
    versions: process.versions,
    version: process.version,
    cwd: () => '/',
    getuid: () => 1000,
    geteuid: () => 1000,
    getgid: () => 1000,
    getegid: () => 1000,
    nextTick: process.nextTick.bind(process),
    emitWarning() {},
    kill() {},
    exit() {},
    reallyExit() {},
  });
}
