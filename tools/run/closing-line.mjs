// The closing line of every command that tests something: 'N passed, N failed, N skipped'.

export const nothing = Object.freeze({ passed: 0, failed: 0, skipped: 0 });

export const closingLine = ({ passed, failed, skipped }) =>
  `${passed} passed, ${failed} failed, ${skipped} skipped`;

/** The counts of the last closing line in an output, or undefined if there is none. */
export function readClosingLine(output) {
  const lines = output.split('\n').map((line) => line.trim());
  for (const line of lines.toReversed()) {
    const match = /^(\d+) passed, (\d+) failed, (\d+) skipped$/.exec(line);
    if (match) return { passed: Number(match[1]), failed: Number(match[2]), skipped: Number(match[3]) };
  }
  return undefined;
}

export const add = (a, b) => ({
  passed: a.passed + b.passed,
  failed: a.failed + b.failed,
  skipped: a.skipped + b.skipped,
});

export const sum = (counts) => counts.reduce(add, nothing);

/** A command that failed without a failed test (a build error, a crash) is still a failure. */
export const withExitCode = (counts, code) =>
  code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;

/** What one command is worth: its closing line, or one test that its exit code decides. */
export function countsOf(output, code) {
  const counts = readClosingLine(output);
  if (counts) return withExitCode(counts, code);
  return code === 0 ? nothing : { passed: 0, failed: 1, skipped: 0 };
}
