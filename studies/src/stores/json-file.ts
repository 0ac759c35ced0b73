import type { SimulatedNodeFs } from '@seglog/testing';
import type { KeyValues } from './store-under-study.js';

const FILE = '/state.json';

/** The smallest store there is: all of it in one file of JSON, which `write` replaces. */
export async function openJsonFile(
  fs: SimulatedNodeFs,
  write: (path: string, data: string) => Promise<void>,
): Promise<KeyValues> {
  const state: Record<string, string> = fs.existsSync(FILE)
    ? JSON.parse(String(fs.readFileSync(FILE, 'utf8')))
    : {};
  return {
    set(key, value) {
      state[key] = value;
      return write(FILE, JSON.stringify(state));
    },
    entries: async () => new Map(Object.entries(state)),
    async close() {},
  };
}
