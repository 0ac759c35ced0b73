import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const output = execFileSync(process.execPath, [main], { encoding: 'utf8' });
const [intro = '', ...chapters] = output.split('\n\n');
const acknowledged = Number(/after (\d+) acknowledged/.exec(intro)?.[1]);

function chapter(title: string): string {
  const found = chapters.find((text) => text.includes(title));
  expect(found, `there is a chapter ${title}`).toBeDefined();
  return found ?? '';
}

function recordsIn(text: string): number {
  return Number(/read: (\d+) records/.exec(text)?.[1]);
}

describe('after kill -9', () => {
  test('everything acknowledged is there, and the log goes on', () => {
    expect(acknowledged).toBeGreaterThanOrEqual(300);
    const text = chapter('Opened as it is');
    expect(recordsIn(text)).toBeGreaterThanOrEqual(acknowledged);
    expect(text).toMatch(/append: offset 3\d\d/);
  });

  test('a torn write is cut and kept in quarantine, and nothing else is missing', () => {
    const text = chapter('torn write');
    expect(text).toMatch(/cut \d+ bytes at the end, torn\n {2}recovery: copied to quarantine: 1/);
    expect(recordsIn(text)).toBeGreaterThanOrEqual(acknowledged);
  });
});

describe('damage of a record that was synced', () => {
  test('fails by default, and says where', () => {
    const text = chapter("'fail'");
    expect(text).toMatch(/read: TOPIC_OFFLINE, because of CORRUPT_SEGMENT: .*position=\d+ offset=\d+/);
    expect(text).toContain('append: TOPIC_OFFLINE');
  });

  test('readonly serves the rest, names what is lost, and takes nothing new', () => {
    const text = chapter("'readonly'");
    expect(recordsIn(text)).toBeGreaterThanOrEqual(acknowledged - 1);
    expect(text).toMatch(/records, and offsets (\d+) to \1 are lost\n {2}append: READ_ONLY/);
  });

  test('salvage keeps the rest for good', () => {
    const text = chapter("'salvage'");
    expect(text).toMatch(/copied to quarantine: \d/);
    expect(text).toMatch(/are lost\n {2}append: offset \d+/);
    expect(chapters.at(-1)).toMatch(/'fail':\n {2}recovery: scanned nothing\n(.*\n)+ {2}append: offset/);
  });
});
