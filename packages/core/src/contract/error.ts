/**
 * Every error that Seglog raises on purpose. The code is API and never changes its meaning; the message is for people.
 * A new code exists only where a caller would do something else. Programming mistakes (a wrong type, a number outside
 * its range) are `TypeError` and `RangeError`.
 */
export type SeglogErrorCode =
  /** The log, topic or engine was closed before the call. */
  | 'LOG_CLOSED'
  /** Another writer holds the data root. Facts: `pid`, `host`, `sinceMs` of the holder, where known. */
  | 'LOG_LOCKED'
  /** An earlier sync or repair failed; only close and reopen clears it. Durable data can still be read. */
  | 'LOG_POISONED'
  /** A record, batch or frame is over its limit. Facts: `bytes`, `maxBytes`. Nothing was written. */
  | 'RECORD_TOO_LARGE'
  /** A record that this log cannot take: null key where keys are needed, or a timestamp out of range. */
  | 'INVALID_RECORD'
  /** A read outside the log. Facts: `offset`, `reason` (`trimmed` | `future`), `logStart`, `logEnd`. */
  | 'OFFSET_OUT_OF_RANGE'
  /** The log's end was not where the caller expected. Facts: `expected`, `actual`. Nothing was written. */
  | 'WRONG_EXPECTED_OFFSET'
  /** A newer epoch of this producer has written. */
  | 'PRODUCER_FENCED'
  /** No state for this producer, and its sequence is not 0: a duplicate could not be told from a new record. */
  | 'UNKNOWN_PRODUCER'
  /** A sequence that does not follow the last one. Facts: `expected`, `actual`. Nothing was written. */
  | 'OUT_OF_ORDER_SEQUENCE'
  | 'INVALID_TOPIC'
  | 'TOPIC_NOT_FOUND'
  | 'TOPIC_EXISTS'
  | 'PARTITION_NOT_FOUND'
  /** The append queue is full and the caller asked not to wait. Facts: `queuedBytes`, `maxQueuedBytes`. */
  | 'QUEUE_FULL'
  /** The log or engine was opened read-only, or serves damaged data under `onCorruption: 'readonly'`. */
  | 'READ_ONLY'
  /** A call on a transaction that was committed or aborted, or that timed out. Facts: `state`, `reason`. */
  | 'TRANSACTION_ENDED'
  /** The parts do not make an engine: a missing part, an unregistered codec id, settings that contradict. */
  | 'COMPOSITION'
  /** Bytes of a newer format, or of something that is not ours. No byte was changed. */
  | 'UNSUPPORTED_FORMAT'
  /** Data that was proven durable is damaged. Facts: `file`, `position`, `offset`. */
  | 'CORRUPT_SEGMENT'
  /** A manifest, catalog or session that cannot be read. The message says what to do. */
  | 'CORRUPT_METADATA'
  /** Records between what a log holds and what the write-ahead log holds for it are lost. Facts: `lsn`, `baseOffset`. */
  | 'WAL_GAP'
  /** A file that the manifest names is not there. Facts: `file`. */
  | 'MISSING_SEGMENT'
  /** A topic whose files could not be opened; it is kept, and the cause is attached. */
  | 'TOPIC_OFFLINE'
  /** The operating system refused or failed. `cause` is its error; facts: `call`, `name`, `errno`. */
  | 'STORAGE'
  /** No space or quota left. The log took nothing and can go on once there is space. */
  | 'STORAGE_FULL'
  /** The append was written, but its sync failed: it may or may not be there after a restart. */
  | 'APPEND_UNKNOWN';

export type ErrorFacts = Readonly<Record<string, string | number | boolean | undefined>>;

/** One family for every expected failure. Test with {@link SeglogError.is}: `instanceof` breaks across package copies. */
export class SeglogError extends Error {
  public override readonly name = 'SeglogError';
  public readonly code: SeglogErrorCode;
  /** What the message says, for programs. Never holds payload bytes. */
  public readonly facts: ErrorFacts;

  /** `sentence` is lowercase prose; the facts are appended to it as `key=value`. */
  public constructor(
    code: SeglogErrorCode,
    sentence: string,
    facts: ErrorFacts = {},
    options: { readonly cause?: unknown } = {},
  ) {
    super(withFacts(sentence, facts), options);
    this.code = code;
    this.facts = facts;
  }

  /** True when `error` is a Seglog error, of `code` if one is given. Works across copies of this package. */
  public static is(error: unknown, code?: SeglogErrorCode): error is SeglogError {
    if (!(error instanceof Error) || error.name !== 'SeglogError' || !('code' in error)) return false;
    return code === undefined || error.code === code;
  }
}

function withFacts(sentence: string, facts: ErrorFacts): string {
  const shown = Object.entries(facts).filter(([, value]) => value !== undefined);
  if (shown.length === 0) return sentence;
  return `${sentence} ${shown.map(([key, value]) => `${key}=${escaped(value)}`).join(' ')}`;
}

/** Names come from users and from disk: control characters must not reach a terminal. */
function escaped(value: string | number | boolean | undefined): string {
  if (typeof value !== 'string') return String(value);
  const short = value.length > 300 ? `${value.slice(0, 300)}...` : value;
  return /^[\w.:/-]+$/.test(short) ? short : JSON.stringify(short);
}
