import type { Entries, NameChange } from './directory-node.js';
import { applyNameChange } from './directory-node.js';
import type { FileImage } from './file-image.js';
import { applyFileChange, type FileChange } from './file-node.js';

/** What a power cut makes of one pending change. */
export type Fate =
  | { readonly kind: 'kept' }
  /** Only the process died: the change is seen, and a power cut may still take it. */
  | { readonly kind: 'volatile' }
  | { readonly kind: 'dropped' }
  /** Only the first `bytes` of a write arrived. */
  | { readonly kind: 'cut'; readonly bytes: number }
  /** All but the first `bytes` of a write arrived. */
  | { readonly kind: 'tail'; readonly bytes: number }
  /** The file grew, and its data did not arrive: zeros. */
  | { readonly kind: 'zeros' }
  /** The file grew, and holds what lay in those blocks before: bytes of this same file, from its start. */
  | { readonly kind: 'stale' }
  /** A move was cut in half: both names are there. */
  | { readonly kind: 'linked' };

export const KEPT: Fate = { kind: 'kept' };
export const DROPPED: Fate = { kind: 'dropped' };

export const VOLATILE: Fate = { kind: 'volatile' };

export function fileAfter(image: FileImage, change: FileChange, fate: Fate): FileImage {
  if (fate.kind === 'dropped') return image;
  if (fate.kind === 'kept' || fate.kind === 'volatile' || change.kind === 'truncate')
    return applyFileChange(image, change);
  const from = change.kind === 'write' ? change.position : change.from;
  const to = change.kind === 'write' ? from + change.bytes.length : change.to;
  if (fate.kind === 'zeros') return image.resize(Math.max(image.sizeBytes, to));
  if (fate.kind === 'stale') return withStale(image, Math.max(from, image.sizeBytes), to);
  if (change.kind === 'allocate') return image.zero(from, to);
  if (fate.kind === 'cut') return image.write(from, change.bytes.subarray(0, fate.bytes));
  if (fate.kind === 'tail') return image.write(from + fate.bytes, change.bytes.subarray(fate.bytes));
  return image.write(from, change.bytes);
}

export function namesAfter(entries: Entries, change: NameChange, fate: Fate): Entries {
  if (fate.kind === 'dropped') return entries;
  if (fate.kind !== 'linked' || change.kind !== 'move') return applyNameChange(entries, change);
  return new Map(entries).set(change.target, change.node);
}

/** The part of a change that a process kill leaves to the next process; undefined when nothing. */
export function changeAfter<Change extends FileChange | NameChange>(
  change: Change,
  fate: Fate,
): Change | undefined {
  if (fate.kind === 'kept' || fate.kind === 'volatile') return change;
  if (fate.kind !== 'cut' || change.kind !== 'write') return undefined;
  return { ...change, bytes: change.bytes.subarray(0, fate.bytes) };
}

function withStale(image: FileImage, from: number, to: number): FileImage {
  if (to <= from) return image;
  const stale = new Uint8Array(to - from).fill(0xa5);
  image.read(0, stale);
  return image.write(from, stale);
}

const LETTERS: Record<Fate['kind'], string> = {
  kept: 'k',
  volatile: 'v',
  dropped: 'd',
  cut: 'c',
  tail: 't',
  zeros: 'z',
  stale: 's',
  linked: 'l',
};

const KINDS: readonly Fate['kind'][] = [
  'volatile',
  'kept',
  'dropped',
  'cut',
  'tail',
  'zeros',
  'stale',
  'linked',
];

/** `k.d.c512`: one letter for each pending change, in their order. */
export function fatesToText(fates: readonly Fate[]): string {
  return fates.map((fate) => `${LETTERS[fate.kind]}${'bytes' in fate ? fate.bytes : ''}`).join('.');
}

export function fatesFromText(text: string): readonly Fate[] {
  return text === '' ? [] : text.split('.').map(fateFromText);
}

function fateFromText(text: string): Fate {
  const kind = KINDS.find((one) => LETTERS[one] === text[0]);
  if (kind === undefined) throw new RangeError(`${JSON.stringify(text)} is not the fate of a change`);
  return kind === 'cut' || kind === 'tail' ? { kind, bytes: Number(text.slice(1)) } : { kind };
}

/** What happened to a change, in words. */
export function describeFate(fate: Fate): string {
  if (fate.kind === 'cut') return `torn: only the first ${fate.bytes} B arrived`;
  if (fate.kind === 'tail') return `torn: the first ${fate.bytes} B are missing`;
  if (fate.kind === 'zeros') return 'the size arrived, the data is zeros';
  if (fate.kind === 'stale') return 'the size arrived, the data is stale';
  if (fate.kind === 'linked') return 'both names are there';
  if (fate.kind === 'volatile') return 'survived in the cache';
  return fate.kind === 'kept' ? 'survived' : 'DROPPED';
}
