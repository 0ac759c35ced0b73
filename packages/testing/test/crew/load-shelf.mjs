// Loads a module of this folder's tests, which is TypeScript, in a worker thread that knows nothing of vitest.
import { fileURLToPath } from 'node:url';
import { createViteServer } from 'vitest/node';

const source = (path) => fileURLToPath(new URL(`../../../${path}`, import.meta.url));

export async function loadShelf(path) {
  const server = await createViteServer({
    configFile: false,
    root: source('testing'),
    appType: 'custom',
    logLevel: 'error',
    server: { middlewareMode: true, hmr: false, ws: false, watch: null },
    optimizeDeps: { noDiscovery: true, include: [] },
    resolve: {
      alias: [{ find: /^@seglog\/((?!tools)[a-z-]+)$/, replacement: source('$1/src/index.ts') }],
    },
  });
  await server.ssrLoadModule(path);
}
