/**
 * What a conformance suite needs of a test runner. vitest, node:test, jest and mocha have it:
 * `storageDirectoryConformance({ describe, test }, 'my disk', create)`.
 */
export interface SuiteRunner {
  describe(name: string, body: () => void): void;
  /** A promise that `body` returns is awaited. */
  test(name: string, body: () => void | Promise<void>): void;
}
