import { escapedText } from '../text/escape.js';
import type { JsonRecord } from '../text/record-json.js';
import { timeText } from '../text/units.js';

/** One thing that a dump shows; a line of NDJSON as it is. */
export type DumpItem =
  | { readonly type: 'file'; readonly file: string; readonly bytes: number; readonly is: string }
  | {
      readonly type: 'fields';
      readonly file: string;
      readonly of: string;
      readonly fields: readonly DumpField[];
    }
  | {
      readonly type: 'frame';
      readonly file: string;
      readonly position: number;
      readonly bytes: number;
      readonly crc: 'ok';
      readonly offsets: readonly [number, number];
      readonly records: number;
      readonly tombstones: number;
      readonly epoch: number;
      readonly timestampsMs: readonly [number, number];
      readonly appendTimeMs: number;
      readonly stableUpTo: number;
    }
  | ({ readonly type: 'record'; readonly file: string } & JsonRecord)
  | {
      readonly type: 'bad' | 'blank';
      readonly file: string;
      readonly position: number;
      readonly bytes: number;
      readonly why: string;
    }
  | {
      readonly type: 'entry';
      readonly file: string;
      readonly offset: number;
      readonly position: number;
      readonly maxTimestampMs: number;
    }
  | {
      readonly type: 'edit';
      readonly file: string;
      readonly position: number;
      readonly bytes: number;
      readonly sequence: number;
      readonly proven: number;
      readonly edits: readonly unknown[];
    }
  | {
      readonly type: 'mark';
      readonly file: string;
      readonly position: number;
      readonly bytes: number;
      readonly sequence: number;
      readonly proven: number;
    }
  | { readonly type: 'value'; readonly file: string; readonly value: unknown };

/** A range of bytes with its name. */
export interface DumpField {
  readonly name: string;
  readonly position: number;
  readonly bytes: number;
  readonly value: string | number;
}

/** An item for people, safe for a terminal. */
export function itemText(item: DumpItem): string {
  switch (item.type) {
    case 'file':
      return `${item.file}: ${item.is}, ${item.bytes} bytes`;
    case 'fields':
      return [`  ${item.of}`, ...item.fields.map(fieldText)].join('\n');
    case 'frame': {
      const [first, last] = item.offsets;
      const times = item.timestampsMs.map(timeText).join(' to ');
      return `  ${place(item)} frame, crc ok: offsets ${first} to ${last}, ${item.records} records (${item.tombstones} tombstones), epoch ${item.epoch}, ${times}`;
    }
    case 'record':
      return recordText(item);
    case 'bad':
    case 'blank':
      return `  ${place(item)} ${item.type === 'bad' ? 'BAD: ' : ''}${item.why}`;
    case 'entry':
      return `  offset ${item.offset} at byte ${item.position}, no timestamp before it above ${timeText(item.maxTimestampMs)}`;
    case 'edit':
      return `  ${place(item)} edit ${item.sequence}, crc ok, ${item.proven} proven: ${escapedText(JSON.stringify(item.edits))}`;
    case 'mark':
      return `  ${place(item)} mark: edits up to ${item.proven} are durable`;
    case 'value':
      return `  ${escapedText(JSON.stringify(item.value))}`;
    default:
      return item satisfies never;
  }
}

const place = ({ position, bytes }: { readonly position: number; readonly bytes: number }): string =>
  `[${position}, ${position + bytes})`;

const fieldText = ({ name, position, bytes, value }: DumpField): string =>
  `    ${place({ position, bytes }).padEnd(20)} ${name.padEnd(18)} ${value}`;

export function recordText({ offset, timestampMs, key, value, headers }: JsonRecord): string {
  const named = headers.map(
    ([name, content]) => ` ${JSON.stringify(escapedText(name))}=${jsonText(content)}`,
  );
  return `${offset} ${timeText(timestampMs)} ${jsonText(key)} ${jsonText(value)}${named.join('')}`;
}

/** As it stands in JSON, safe for a terminal. */
const jsonText = (bytes: JsonRecord['key']): string => escapedText(JSON.stringify(bytes));
