import type { RecordBlock } from './record-block.js';

/** Who takes part. Every contender stores the same records, keys included, and finds them again by offset. */
export interface Contender {
  readonly name: string;
  readonly kind: Kind;
  /** The methods of its stores that mean something; workloads ask only for these. */
  readonly offers: readonly Ability[];
  open(place: Place): Promise<Store>;
  /** Why it cannot take part on this machine; absent or undefined when it can. */
  readonly missing?: () => string | undefined;
}

/** `raw` is no store: it does the least that the system could be asked for. `limit` does the work of a plain log, in C. */
export type Kind = 'seglog' | 'peer' | 'raw' | 'limit';

/**
 * `follow`: `read` finds records that were appended since the store was opened. `appendDurably`: appends, and is worth a look
 * only where they are durable.
 */
export type Ability = 'append' | 'appendDurably' | 'scanLent' | 'scanObjects' | 'read' | 'follow' | 'reopen';

export interface Place {
  /** Exists; nothing else is in it but what this contender left there. */
  readonly directory: string;
  /** An append resolves when its records survive a power cut; otherwise when the operating system has them. Default false. */
  readonly durable?: boolean;
  /** Many producers append at the same time: a store without a group commit of its own is given one. Default false. */
  readonly grouped?: boolean;
  /** Of every record here. */
  readonly valueBytes: number;
}

export interface Store {
  /** Adds a block in one step, at the next offsets. Blocks of one record are single appends. */
  append(block: RecordBlock): Promise<unknown>;
  /** Called after the last append of a store that is going to be read. */
  settle(): Promise<void>;
  /** Visits every record in order, with as few copies as the store allows. */
  scanLent(): Promise<Tally>;
  /** Makes an object with key and value of every record, in order. */
  scanObjects(): Promise<Tally>;
  /** Fetches the record at an offset, and answers the first byte of its value. */
  read(offset: number): number | Promise<number>;
  /** What is appended from now on, one record after the other; absent where a follower has to read. */
  follow?(): AsyncIterator<unknown>;
  close(): Promise<void>;
}

/** What a scan has seen: keeps its work from being optimised away, and proves that it was done. */
export interface Tally {
  records: number;
  /** Sum of the first bytes of all values. */
  firstBytes: number;
}
