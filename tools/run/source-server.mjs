// Loads TypeScript of the packages from source, in a thread or a process that knows nothing of vitest's runner.
import { fileURLToPath } from 'node:url';
import { createViteServer } from 'vitest/node';

const source = (path) => fileURLToPath(new URL(`../../packages/${path}`, import.meta.url));

export function sourceServer({ plugins = [] } = {}) {
  return createViteServer({
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
    plugins,
  });
}
