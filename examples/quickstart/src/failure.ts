import { SeglogError } from 'seglog';
import { UsageError } from './options.js';

/** Says what went wrong, in a line where it is known, and returns the exit code: 2 for a wrong command line, 1 for the rest. */
export function explainFailure(error: unknown): number {
  if (error instanceof UsageError) {
    console.error(`quickstart: ${error.message}\nTry --help.`);
    return 2;
  }
  if (SeglogError.is(error)) console.error(`quickstart: ${error.code}: ${error.message}`);
  else console.error(error);
  return 1;
}
