import { loadShelf } from '@seglog/tools/load-shelf';

await loadShelf(new URL('./log-shelf.ts', import.meta.url));
