import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEngine } from 'seglog';
import { type Backend, backends } from './backends.js';
import { sell, takings } from './orders.js';

const directory = await mkdtemp(join(tmpdir(), 'seglog-swap-'));

/** The same program on every backend: sell, close, open again, count. */
async function scenario({ modules }: Backend): Promise<string> {
  const shop = await openEngine({ modules });
  await sell(shop, [12, 30, 7]);
  await shop.close();
  const office = await openEngine({ modules, readOnly: true });
  const { orders, sum } = await takings(office);
  await office.close();
  return `${orders} orders, ${sum} in all`;
}

try {
  for (const [name, backend] of Object.entries(backends(directory))) {
    const startedMs = performance.now();
    const { disk } = backend;
    const result = disk === undefined ? await scenario(backend) : await disk.run(() => scenario(backend));
    const virtual = disk === undefined ? '' : `, ${Math.round(disk.clock.monotonicMs())} ms by its own clock`;
    const took = `${Math.round(performance.now() - startedMs)} ms`;
    console.log(`${name.padEnd(24)} ${result}  (${took}${virtual})`);
  }
} finally {
  await rm(directory, { recursive: true });
}
