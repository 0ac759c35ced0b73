/**
 * Turns values into bytes and back. The name is durable with the topic, so that a topic is never read with another serde
 * than it was written with.
 */
export interface Serde<T> {
  /** Stable: `bytes`, `string`, `json`, `cbor`, or a name of the user's own. */
  readonly name: string;
  /**
   * Throws `TypeError` for a value that it cannot hold. The result may refer to the value, which is then borrowed until the
   * append settles; it is not changed.
   */
  serialize(value: T): Uint8Array;
  /** Borrows `bytes`; what it returns must not refer to them. Throws `TypeError` for bytes that it did not write. */
  deserialize(bytes: Uint8Array): T;
}
