// npm run test:ci: the searches that are too long for every `npm test`. Runs the script `test:ci` of every workspace that
// has one, and closes with one line over all of them. Tests that could not run here are listed, counted and recorded.
import { runSearches } from './run/searches.mjs';

process.exit(await runSearches({}));
