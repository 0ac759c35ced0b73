import { readFileSync } from 'node:fs';
import { contenderNamed } from './contenders.js';
import { fill } from './fill.js';

/**
 * `fill-child.js CONTENDER DIRECTORY RECORDS VALUE_BYTES`: fills a store, says `filled` and the peak of its memory in bytes,
 * and keeps the store open until it is killed.
 */
const [name = '', directory = '', records = '', valueBytes = ''] = process.argv.slice(2);
const stock = { records: Number(records), valueBytes: Number(valueBytes) };
await fill(await contenderNamed(name), directory, stock);
process.stdout.write(`filled ${peakBytes()}\n`);
setInterval(() => undefined, 60_000);

/** Where the system says so, of this program alone: the number of `getrusage` begins with that of the parent. */
function peakBytes(): number {
  const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(ownStatus()) ?? [];
  return (kibibytes === undefined ? process.resourceUsage().maxRSS : Number(kibibytes)) * 1024;
}

function ownStatus(): string {
  try {
    return readFileSync('/proc/self/status', 'utf8');
  } catch {
    return '';
  }
}
