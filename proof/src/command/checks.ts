/** What a command ends with. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** Prints each sentence with whether it holds, and counts them. */
export function checks(sentences: Readonly<Record<string, boolean>>): Counts {
  const entries = Object.entries(sentences);
  for (const [sentence, holds] of entries) console.log(`${holds ? 'holds ' : 'FAILED'}  ${sentence}`);
  const passed = entries.filter(([, holds]) => holds).length;
  return { passed, failed: entries.length - passed, skipped: 0 };
}

export function closingLine({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}
