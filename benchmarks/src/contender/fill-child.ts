import { contenderNamed } from './contenders.js';
import { fill } from './fill.js';

/** Fills a store, says so, and keeps it open until it is killed: `fill-child.js CONTENDER DIRECTORY RECORDS`. */
const [name = '', directory = '', records = ''] = process.argv.slice(2);
await fill(contenderNamed(name), directory, Number(records));
process.stdout.write('filled\n');
setInterval(() => undefined, 60_000);
