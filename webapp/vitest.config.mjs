import { defineConfig } from 'vitest/config';

export default defineConfig({
  define: { FILES: '{}' },
  esbuild: { jsx: 'transform' },
  // A test compares words with those of the server: ../src.
  server: { fs: { allow: ['..'] } },
  // Pexip's packages say where they begin by `module` alone, and so have to be bundled here, too.
  resolve: { mainFields: ['module', 'main'] },
  test: { environment: 'jsdom', include: ['src/**/*.test.{ts,tsx}'], server: { deps: { inline: [/@pexip\//] } }, restoreMocks: true, unstubGlobals: true },
});
