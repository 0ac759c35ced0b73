import { loadShelf } from '@seglog/tools/load-shelf';

await loadShelf(new URL('./toy-shelf.ts', import.meta.url));
