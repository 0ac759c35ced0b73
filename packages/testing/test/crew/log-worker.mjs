import { loadShelf } from './load-shelf.mjs';

await loadShelf('/test/crew/log-shelf.ts');
