import type { SuiteRunner } from '../src/index.js';

/** Sits an exam without a test runner, and names the tests that fail. */
export async function failuresOf(exam: (runner: SuiteRunner) => void): Promise<string[]> {
  const tests: { readonly name: string; readonly body: () => void | Promise<void> }[] = [];
  exam({
    describe: (_name, body) => body(),
    test: (name, body) => void tests.push({ name, body }),
  });
  const failures: string[] = [];
  for (const { name, body } of tests) {
    try {
      await body();
    } catch {
      failures.push(name);
    }
  }
  return failures;
}
