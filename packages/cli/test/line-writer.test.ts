import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { LineWriter, PipeClosed } from '../src/terminal/line-writer.js';

test('lines are written in large pieces, wait for a slow reader, and leave no listener behind', async () => {
  const pieces: string[] = [];
  const slow = new Writable({
    highWaterMark: 1024,
    write(chunk: Buffer, _, done) {
      pieces.push(chunk.toString());
      setImmediate(done);
    },
  });
  const writer = new LineWriter(slow);
  for (let i = 0; i < 50_000; i += 1) await writer.line(`line ${i}`);
  await writer.flush();
  expect(pieces.join('').split('\n')).toHaveLength(50_001);
  expect(pieces.length).toBeLessThan(20);
  for (const event of ['drain', 'close', 'error']) expect(slow.listenerCount(event), event).toBe(0);
});

test('a reader that has gone ends the writing with a word of its own', async () => {
  const gone = new Writable({
    highWaterMark: 1,
    write(_chunk, _encoding, done) {
      done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
    },
  });
  gone.on('error', () => undefined);
  const writer = new LineWriter(gone);
  void writer.line('one');
  await expect(writer.flush()).rejects.toThrow(PipeClosed);
  void writer.line('two');
  await expect(writer.flush()).rejects.toThrow(PipeClosed);
});
