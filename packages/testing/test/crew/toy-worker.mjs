import { loadShelf } from './load-shelf.mjs';

await loadShelf('/test/crew/toy-shelf.ts');
