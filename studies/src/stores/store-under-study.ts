import type { Room } from '../room/room.js';

/** A store, used as its documentation shows: whole values by key. */
export interface KeyValues {
  /** Resolves when the store says that it is done. */
  set(key: string, value: string): Promise<void>;
  entries(): Promise<ReadonlyMap<string, string>>;
  close(): Promise<void>;
}

export type OpenStore = (room: Room) => Promise<KeyValues>;

export interface StoreUnderStudy {
  readonly name: string;
  readonly version: string;
  /** How it is used here, one sentence. */
  readonly used: string;
  /** What its documentation says of crashes, in its own words, and where. */
  readonly promise: string;
  readonly prepare: () => Promise<OpenStore>;
}
