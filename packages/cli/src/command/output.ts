import { LineWriter } from '../terminal/line-writer.js';
import type { Terminal } from '../terminal/terminal.js';

/** Writes lines and waits until they are on their way. */
export async function printLines(terminal: Terminal, lines: readonly string[]): Promise<void> {
  const writer = new LineWriter(terminal.output);
  for (const line of lines) await writer.line(line);
  await writer.flush();
}

/** Writes a value as one JSON document. */
export function printJson(terminal: Terminal, value: unknown): Promise<void> {
  return printLines(terminal, [JSON.stringify(value, undefined, 2)]);
}
