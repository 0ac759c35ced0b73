import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { frameCodecConformance } from '@seglog/testing';
import { describe, expect, test } from 'vitest';
import { textFrameCodec } from '../src/text-frame-codec.js';

frameCodecConformance({ describe, test }, 'text', textFrameCodec());

describe('the example', () => {
  const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));
  const output = execFileSync(process.execPath, [main], { encoding: 'utf8' });

  test('the file is text', () => {
    expect(output).toMatch(/^[0-9a-f]{8} \d{8} 0000000000000000 \d{10} 0000000000001000 /);
    expect(output).toContain('\nhall{"celsius":21.4}\n');
  });

  test('an engine without the codec says which one is missing', () => {
    expect(output).toMatch(/Without the codec: .*text/);
  });

  test('an engine that writes with another codec reads what is there', () => {
    expect(output).toContain('offset 1: attic {"celsius":26.1}\noffset 2: hall null\n');
  });
});
