export * from './expectation.js';
export * from './suite-runner.js';
