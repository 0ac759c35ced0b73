import { mkdir, rm } from 'node:fs/promises';
import type { Values, Workplace } from '../workload/workload.js';

/** Measures in a new directory, which is gone again afterwards. What fails, and what is no number above 0, is an error. */
export async function attempt(
  { directory }: Pick<Workplace, 'directory'>,
  measure: () => Promise<Values>,
): Promise<{ readonly values?: Values; readonly error?: string }> {
  await mkdir(directory);
  try {
    const values = await measure();
    const strange = Object.entries(values).find(([, value]) => !(Number.isFinite(value) && value > 0));
    return strange === undefined ? { values } : { error: `measured ${strange.join(' = ')}` };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
