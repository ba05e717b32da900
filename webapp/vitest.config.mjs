import { defineConfig } from 'vitest/config';

export default defineConfig({
  define: { FILES: '{}' },
  esbuild: { jsx: 'transform' },
  // A test compares words with those of the server: ../src.
  server: { fs: { allow: ['..'] } },
  test: { environment: 'jsdom', include: ['src/**/*.test.{ts,tsx}'], restoreMocks: true, unstubGlobals: true },
});
