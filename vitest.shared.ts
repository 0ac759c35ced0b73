import { fileURLToPath } from 'node:url';
import { defineConfig, type ViteUserConfig } from 'vitest/config';

const source = (path: string): string => fileURLToPath(new URL(`./packages/${path}`, import.meta.url));

/** Tests read our packages from source, so that a test never runs against a stale build. */
const config: ViteUserConfig = defineConfig({
  resolve: {
    alias: [
      { find: /^@seglog\/((?!tools)[a-z-]+)\/inversify$/, replacement: source('$1/src/inversify.ts') },
      { find: /^@seglog\/((?!tools)[a-z-]+)$/, replacement: source('$1/src/index.ts') },
      { find: /^seglog$/, replacement: source('seglog/src/index.ts') },
    ],
  },
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    testTimeout: 300_000,
    reporters: ['default', ['json', { outputFile: 'reports/vitest.json' }]],
    coverage: {
      provider: 'v8',
      include: ['src/**'],
      reporter: ['text-summary', 'json'],
      reportsDirectory: 'reports/coverage',
    },
  },
});
export default config;
