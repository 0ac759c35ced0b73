import { directoryOf } from '../../src/index.js';
import { type JudgeMode, judgeStore } from './judge-store.js';
import type { SmallStore } from './small-stores.js';

export interface FlipReport {
  readonly tried: number;
  /** How the damaged store was met, and how often. */
  readonly met: Readonly<Record<string, number>>;
  readonly wrong: readonly string[];
}

const MODES: readonly JudgeMode[] = ['default', 'readonly', 'salvage', 'reader'];

/** Flips every `stride`th bit of a store, one at a time, and opens what is left in every way. */
export async function flipBits(store: SmallStore, stride: number, first = 0): Promise<FlipReport> {
  const met: Record<string, number> = {};
  const wrong: string[] = [];
  let tried = 0;
  let number = -1;
  for (const [file, bytes] of store.image) {
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      number += 1;
      if ((number - first) % stride !== 0) continue;
      tried += 1;
      for (const mode of MODES) {
        const verdict = await judgeFlip(store, { file, bit }, mode);
        met[`${mode}: ${verdict.met}`] = (met[`${mode}: ${verdict.met}`] ?? 0) + 1;
        if (verdict.wrong !== undefined)
          wrong.push(`${store.name}, ${file} byte ${bit >> 3} bit ${bit & 7}, ${mode}: ${verdict.wrong}`);
      }
    }
  }
  return { tried, met, wrong };
}

async function judgeFlip(
  store: SmallStore,
  { file, bit }: { readonly file: string; readonly bit: number },
  mode: JudgeMode,
): ReturnType<typeof judgeStore> {
  const bytes = store.image.get(file)?.slice() ?? new Uint8Array();
  bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  const root = await directoryOf(new Map([...store.image, [file, bytes]]));
  const known = isLastHeader(store, file, bit >> 3)
    ? { ...store.known, proven: store.known.provenElsewhere }
    : store.known;
  return judgeStore(root, known, mode, { codec: store.codec });
}

/** The growing segment is the last one by its name. Without its header there is no salt to read its frames with. */
function isLastHeader({ image }: SmallStore, file: string, byte: number): boolean {
  const last = [...image.keys()].filter((name) => name.endsWith('.log')).at(-1);
  return file === last && byte < 128;
}
