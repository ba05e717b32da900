// Builds the dev host's page, which loads the plugin as Mattermost does: dev/dist/host-17.js with what Mattermost 9.11
// gives to plugins, dev/dist/host-18.js with what 11 does, and host.css. Nothing of it is in a bundle.

import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';

const root = dirname(fileURLToPath(import.meta.url));
const dist = join(root, 'dist');

rmSync(dist, { recursive: true, force: true });
mkdirSync(dist);
for (const version of ['17', '18']) {
  const packages = join(root, `react-${version}`, 'node_modules');
  const own = ['react', 'react-dom', 'react-redux', 'redux', 'prop-types'];
  await esbuild.build({
    absWorkingDir: root,
    entryPoints: [`src/react-${version}.ts`],
    outfile: `dist/host-${version}.js`,
    bundle: true,
    format: 'iife',
    target: 'es2020',
    jsx: 'transform',
    define: { 'process.env.NODE_ENV': '"development"' },
    alias: Object.fromEntries(own.map((name) => [name, join(packages, name)])),
    logLevel: 'warning',
  });
}
cpSync(join(root, 'src/host.css'), join(dist, 'host.css'));
