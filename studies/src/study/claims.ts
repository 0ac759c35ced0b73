import type { SimulatedDisk } from '@seglog/testing';
import { Room } from '../room/room.js';
import type { OpenStore } from '../stores/store-under-study.js';
import { type Found, lostIn, mixedIn, type SetFact } from './facts.js';

export type ClaimName = 'kept' | 'opens' | 'whole';

export const CLAIMS: Readonly<Record<ClaimName, string>> = {
  kept: 'The store opens, and each key has the value that was acknowledged last or one asked for since.',
  opens: 'The store opens without help, takes a set, and has it when it is opened once more.',
  whole:
    'What an opened store gives is a state it had: every value was set for its key, and no set is there without those acknowledged before it was asked for.',
};

/** What a crash did to a store: by claim what is wrong, undefined where it holds. */
export type Judgement = Readonly<Record<ClaimName, string | undefined>>;

/** A store that was opened on what a crash left, or the error that it gave. */
export type Reopened =
  | { readonly found: Found; readonly unusable: string | undefined }
  | { readonly error: string };

/** Opens the store, reads it, and uses it. Never rejects. */
export async function reopen(open: OpenStore, disk: SimulatedDisk): Promise<Reopened> {
  let found: Found;
  try {
    const store = await open(new Room(disk));
    found = await store.entries();
    return { found, unusable: await usable(open, disk, store) };
  } catch (error) {
    return { error: messageOf(error) };
  }
}

async function usable(
  open: OpenStore,
  disk: SimulatedDisk,
  store: Awaited<ReturnType<OpenStore>>,
): Promise<string | undefined> {
  try {
    await store.set('after', 'after1');
    await store.close();
    const again = await open(new Room(disk));
    const found = await again.entries();
    await again.close();
    return found.get('after') === 'after1'
      ? undefined
      : 'a set after the crash is gone after a clean restart';
  } catch (error) {
    return `it opens, but cannot be used: ${messageOf(error)}`;
  }
}

export function judge(reopened: Reopened, facts: readonly SetFact[]): Judgement {
  if ('error' in reopened) {
    const refused = `it does not open: ${reopened.error}`;
    const told = facts.some(({ phase }) => phase === 'told');
    return { kept: told ? refused : undefined, opens: refused, whole: undefined };
  }
  const { found, unusable } = reopened;
  return { kept: lostIn(found, facts), opens: unusable, whole: mixedIn(found, facts) };
}

function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0]?.slice(0, 160) ?? '';
}
