// Loads a module of tests, which is TypeScript, in a worker thread that knows nothing of vitest.
import { fileURLToPath } from 'node:url';
import { createViteServer } from 'vitest/node';

const source = (path) => fileURLToPath(new URL(`../../packages/${path}`, import.meta.url));

/** `shelf`: the URL of the module. */
export async function loadShelf(shelf) {
  const server = await createViteServer({
    configFile: false,
    root: source('testing'),
    appType: 'custom',
    logLevel: 'error',
    server: { middlewareMode: true, hmr: false, ws: false, watch: null },
    optimizeDeps: { noDiscovery: true, include: [] },
    resolve: {
      alias: [
        { find: /^@seglog\/((?!tools)[a-z-]+)\/inversify$/, replacement: source('$1/src/inversify.ts') },
        { find: /^@seglog\/((?!tools)[a-z-]+)$/, replacement: source('$1/src/index.ts') },
      ],
    },
  });
  await server.ssrLoadModule(fileURLToPath(shelf));
}
