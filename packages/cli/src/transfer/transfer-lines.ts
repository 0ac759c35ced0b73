import type { StoredRecord } from '@seglog/core';
import type { JsonBytes, JsonRecord } from '../text/record-json.js';

/** The lines of an export, in this order: the store, then each topic with its partitions and their records, then the end. */
export type TransferLine =
  | { readonly type: 'seglog-export'; readonly version: 1; readonly topics: number }
  | {
      readonly type: 'topic';
      readonly name: string;
      readonly partitions: number;
      readonly config: Readonly<Record<string, unknown>>;
    }
  | {
      readonly type: 'partition';
      readonly partition: number;
      readonly logStart: number;
      readonly logEnd: number;
      readonly gaps: readonly { readonly from: number; readonly to: number }[];
    }
  | ({ readonly type: 'record' } & JsonRecord)
  | { readonly type: 'end'; readonly records: number };

/** A line of an import that is not what an export writes. */
export class BadLine extends Error {
  public override readonly name = 'BadLine';
  public readonly line: number;

  public constructor(line: number, complaint: string) {
    super(`line ${line}: ${complaint}`);
    this.line = line;
  }
}

type Fields = Readonly<Record<string, unknown>>;

/** Checks a line of text and gives it its type. Throws `BadLine`. */
export function parseLine(text: string, line: number): TransferLine {
  const fields = objectIn(text, line);
  const bad = (complaint: string): never => {
    throw new BadLine(line, complaint);
  };
  const count = (name: string): number => {
    const value = fields[name];
    return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
      ? value
      : bad(`${name} is a whole number from 0 up`);
  };
  switch (fields['type']) {
    case 'seglog-export':
      if (fields['version'] !== 1) bad('a newer version wrote the export');
      return { type: 'seglog-export', version: 1, topics: count('topics') };
    case 'topic': {
      const { name, config } = fields;
      if (typeof name !== 'string' || !isObject(config)) return bad('a topic has a name and a config');
      return { type: 'topic', name, partitions: count('partitions'), config };
    }
    case 'partition': {
      const gaps = fields['gaps'];
      if (!isGaps(gaps)) return bad('gaps are a list of ranges');
      const range = { logStart: count('logStart'), logEnd: count('logEnd') };
      return { type: 'partition', partition: count('partition'), ...range, gaps };
    }
    case 'record': {
      const { key, value, headers } = fields;
      if (!isJsonBytes(key) || !isJsonBytes(value) || !isHeaders(headers))
        return bad('key, value or headers are no bytes');
      return {
        type: 'record',
        offset: count('offset'),
        timestampMs: count('timestampMs'),
        key,
        value,
        headers,
      };
    }
    case 'end':
      return { type: 'end', records: count('records') };
    default:
      return bad('it is no line of an export');
  }
}

/** The record that a line holds. */
export function toStoredRecord({ offset, timestampMs, key, value, headers }: JsonRecord): StoredRecord {
  return {
    offset,
    timestampMs,
    key: toBytes(key),
    value: toBytes(value),
    headers: headers.map(([name, content]) => ({ name, value: toBytes(content) ?? new Uint8Array(0) })),
  };
}

const encoder = new TextEncoder();

function toBytes(bytes: JsonBytes): Uint8Array | null {
  if (bytes === null) return null;
  return typeof bytes === 'string'
    ? encoder.encode(bytes)
    : Uint8Array.from(Buffer.from(bytes.base64, 'base64'));
}

function objectIn(text: string, line: number): Fields {
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value)) return value;
  } catch {
    throw new BadLine(line, 'it is not JSON');
  }
  throw new BadLine(line, 'it is not a JSON object');
}

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function isJsonBytes(value: unknown): value is JsonBytes {
  if (value === null || typeof value === 'string') return true;
  return isObject(value) && typeof value['base64'] === 'string';
}

function isHeaders(value: unknown): value is JsonRecord['headers'] {
  if (!Array.isArray(value)) return false;
  return value.every(
    (header: unknown) =>
      Array.isArray(header) &&
      header.length === 2 &&
      typeof header[0] === 'string' &&
      header[1] !== null &&
      isJsonBytes(header[1]),
  );
}

function isGaps(value: unknown): value is readonly { readonly from: number; readonly to: number }[] {
  if (!Array.isArray(value)) return false;
  return value.every(
    (gap: unknown) => isObject(gap) && Number.isSafeInteger(gap['from']) && Number.isSafeInteger(gap['to']),
  );
}
