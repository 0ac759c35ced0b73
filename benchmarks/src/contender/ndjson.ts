import { closeSync, fdatasync, fdatasyncSync, openSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Contender, Store, Tally } from './contender.js';
import { GroupCommit } from './group-commit.js';
import type { RecordBlock, TextRecord } from './record-block.js';

const CHUNK_BYTES = 256 * 1024;
const NEWLINE = 0x0a;
const syncData = promisify(fdatasync);

/** One JSON object per line, the log that everybody has written once; a table of line starts finds records again. */
export const ndjson: Contender = {
  name: 'ndjson',
  kind: 'peer',
  offers: ['append', 'scanObjects', 'read', 'reopen'],
  open: async ({ directory, durable, grouped }) => {
    const descriptor = openSync(join(directory, 'log.ndjson'), 'a+');
    const starts = lineStarts(descriptor);
    const write = (blocks: readonly RecordBlock[]): void =>
      writeAll(descriptor, Buffer.from(linesOf(blocks)));
    const commit = async (blocks: readonly RecordBlock[]): Promise<void> => {
      write(blocks);
      if (durable) await syncData(descriptor);
    };
    const group = new GroupCommit(commit);
    const append: Store['append'] = async (block) => {
      if (grouped) return group.append(block);
      write([block]);
      if (durable) fdatasyncSync(descriptor);
    };
    return {
      append,
      settle: async () => undefined,
      scanLent: async () => scan(descriptor),
      scanObjects: async () => scan(descriptor),
      read: (offset) => readLine(descriptor, starts, offset),
      close: async () => closeSync(descriptor),
    };
  },
};

function linesOf(blocks: readonly RecordBlock[]): string {
  let lines = '';
  for (const { texts } of blocks) for (const text of texts) lines += `${JSON.stringify(text)}\n`;
  return lines;
}

function writeAll(descriptor: number, bytes: Buffer): void {
  for (let written = 0; written < bytes.length; ) written += writeSync(descriptor, bytes, written);
}

/** Start of every whole line, and the end of the last one: what a log of lines must read to be opened. */
function lineStarts(descriptor: number): readonly number[] {
  const starts = [0];
  for (const { chunk, position } of chunks(descriptor)) {
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, at + 1)) {
      starts.push(position + at + 1);
    }
  }
  return starts;
}

function* chunks(descriptor: number): Generator<{ chunk: Buffer; position: number }> {
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  for (let position = 0; ; ) {
    const bytes = readSync(descriptor, buffer, 0, buffer.length, position);
    if (bytes === 0) return;
    yield { chunk: buffer.subarray(0, bytes), position };
    position += bytes;
  }
}

function scan(descriptor: number): Tally {
  const tally = { records: 0, firstBytes: 0 };
  let rest = '';
  for (const { chunk } of chunks(descriptor)) {
    const lines = (rest + chunk.toString('latin1')).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) tally.firstBytes += firstByte(line);
    tally.records += lines.length;
  }
  return tally;
}

function readLine(descriptor: number, starts: readonly number[], offset: number): number {
  const [start, end] = [starts[offset], starts[offset + 1]];
  if (start === undefined || end === undefined) throw new Error(`no record at offset ${offset}`);
  const line = Buffer.allocUnsafe(end - start);
  readSync(descriptor, line, 0, line.length, start);
  return firstByte(line.toString('latin1'));
}

function firstByte(line: string): number {
  const { value } = JSON.parse(line) as TextRecord;
  return value.charCodeAt(0);
}
