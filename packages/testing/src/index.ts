export * from './expectation.js';
export * from './segment-reader-conformance.js';
export * from './storage-directory-conformance.js';
export * from './storage-fixture.js';
export * from './suite-runner.js';
