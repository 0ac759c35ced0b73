/** The only source of chance in Seglog: ids and salts. Injected, so that a run with a seed can be replayed. */
export interface RandomSource {
  /** `count` fresh bytes (1 to 64) that the caller owns. Ids of files and logs are made of them: they must not repeat. */
  bytes(count: number): Uint8Array;
}
