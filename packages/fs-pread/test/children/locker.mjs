// Takes a lock in the way that it is told, says so in one line, and holds it until it is ended.
import { DescriptorPool } from '../../dist/descriptor-pool.js';
import { nodeFileCalls } from '../../dist/file-calls.js';
import { systemLockWays } from '../../dist/os-lock.js';
import { Scope } from '../../dist/scope.js';
import { takeLock } from '../../dist/writer-lock.js';

const none = () => 'unavailable';
const ways = {
  both: systemLockWays,
  native: { native: systemLockWays.native, program: none },
  program: { native: none, program: systemLockWays.program },
}[process.argv[3]];
const request = { path: process.argv[2], name: 'LOCK', allowUnlocked: false, ways };
try {
  await takeLock(new DescriptorPool(nodeFileCalls, 8), new Scope(), request);
  console.log(JSON.stringify({ code: 'won' }));
  process.stdin.resume();
} catch (error) {
  console.log(JSON.stringify({ code: error.code, facts: error.facts, message: error.message }));
}
