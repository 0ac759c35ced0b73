import { loadShelf } from '@seglog/tools/load-shelf';

await loadShelf(new URL('./ahead-shelf.ts', import.meta.url));
