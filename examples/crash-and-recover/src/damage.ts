import { cp, open, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A copy of a data root, and the one segment file in it. */
export async function copyOf(
  source: string,
  target: string,
): Promise<{ directory: string; segment: string }> {
  await cp(source, target, { recursive: true });
  const names = await readdir(target, { recursive: true });
  const [name, ...others] = names.filter((path) => path.endsWith('.log'));
  if (name === undefined || others.length > 0) throw new Error('one segment was expected');
  return { directory: target, segment: join(target, name) };
}

/** Writes bytes behind the last frame, as a write does that a crash cuts off: zeros are what nobody wrote. */
export async function tearTail(segment: string, bytes: Uint8Array): Promise<void> {
  const content = await readFile(segment);
  const end = content.findLastIndex((byte) => byte !== 0) + 1;
  await overwrite(segment, end, bytes);
}

/** Flips a bit in the middle of what was written, as a failing medium does. */
export async function flipBit(segment: string): Promise<void> {
  const content = await readFile(segment);
  const end = content.findLastIndex((byte) => byte !== 0) + 1;
  const middle = Math.floor(end / 2);
  await overwrite(segment, middle, Uint8Array.of((content[middle] ?? 0) ^ 1));
}

async function overwrite(file: string, position: number, bytes: Uint8Array): Promise<void> {
  const handle = await open(file, 'r+');
  try {
    await handle.write(bytes, 0, bytes.length, position);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
