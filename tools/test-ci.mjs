// npm run test:ci: the searches that are too long for every `npm test`. Runs the script `test:ci` of every workspace that
// has one, and closes with one line over all of them. Tests that could not run here are listed, counted and recorded.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './run/environment.mjs';
import { closed, runSearches, searchSteps } from './run/searches.mjs';

const total = await runSearches(searchSteps());
const { recordSearch } = await import(pathToFileURL(join(root, 'tools', 'dist', 'index.js')).href);
recordSearch({ 'tiers.skipped': total.skipped });
process.exit(closed(total));
