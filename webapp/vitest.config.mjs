import { defineConfig } from 'vitest/config';

export default defineConfig({
  define: { FILES: '{}' },
  esbuild: { jsx: 'transform' },
  test: { environment: 'jsdom', include: ['src/**/*.test.{ts,tsx}'], restoreMocks: true, unstubGlobals: true },
});
