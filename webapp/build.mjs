// Builds dist/main.js, which Mattermost loads on every page, and dist/public/, of which a part loads what it needs
// when somebody wants it.
//
//   src/index.tsx      -> dist/main.js           one script (IIFE)
//   src/lazy/<name>.ts -> dist/public/<name>.js  modules; what several share is in public/shared-….js
//   src/worker/<name>.ts -> dist/public/<name>.js  scripts (IIFE) of workers, to which the page's policy does not apply
//   public/**, if any  -> dist/public/**         as it is
//   src/lazy/files.json: { "<name in public>": "<file in node_modules>" } -> dist/public/<name>, as it is
//
// The same sources give the same bytes.

import { createHash } from 'node:crypto';
import { cpSync, existsSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import * as esbuild from 'esbuild';

/** The most that main.js may have, in bytes after gzip: everybody loads it on every page. */
export const MAIN_BYTES = 150_000;

/** What Mattermost gives to plugins in `window`: one React for all. */
const HOST = { react: 'React', 'react-dom': 'ReactDOM', redux: 'Redux', 'react-redux': 'ReactRedux', 'prop-types': 'PropTypes' };

const root = dirname(fileURLToPath(import.meta.url));
const dist = join(root, 'dist');

/** Gives the host's own in place of the packages in HOST. */
const fromHost = {
  name: 'from-host',
  setup(build) {
    build.onResolve({ filter: new RegExp(`^(${Object.keys(HOST).join('|')})$`) }, ({ path }) => ({ path, namespace: 'from-host' }));
    build.onLoad({ filter: /.*/, namespace: 'from-host' }, ({ path }) => ({ contents: `module.exports = window.${HOST[path]};` }));
  },
};

const common = {
  absWorkingDir: root,
  bundle: true,
  minify: true,
  target: 'es2020',
  charset: 'utf8',
  jsx: 'transform',
  legalComments: 'none', // dist.py collects the notices of what is bundled.
  define: { 'process.env.NODE_ENV': '"production"' },
  plugins: [fromHost],
  metafile: true,
  logLevel: 'warning',
};

/** All files below a folder, by their paths below it, sorted. */
function files(folder, below = '') {
  if (!existsSync(folder)) return [];
  const entries = readdirSync(join(folder, below), { withFileTypes: true });
  const found = entries.flatMap((entry) => {
    const path = join(below, entry.name);
    return entry.isDirectory() ? files(folder, path) : [path];
  });
  return found.sort();
}

/** The folders of the packages of node_modules that are in what was built. */
function packagesOf(...metafiles) {
  const inputs = metafiles.flatMap((metafile) => Object.keys(metafile.inputs));
  const folders = inputs.map((path) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1]);
  return [...new Set(folders.filter(Boolean))].sort();
}

async function build() {
  rmSync(dist, { recursive: true, force: true });
  const lazy = join(root, 'src/lazy');
  const entries = files(lazy).filter((name) => /\.tsx?$/.test(name) && !/\.(test|d)\.tsx?$/.test(name));
  const modules = await esbuild.build({
    ...common,
    entryPoints: entries.map((name) => join('src/lazy', name)),
    outdir: 'dist/public',
    format: 'esm',
    splitting: true,
    chunkNames: 'shared-[hash]',
    define: { ...common.define, FILES: '{}' },
  });
  const workers = await esbuild.build({
    ...common,
    entryPoints: files(join(root, 'src/worker')).map((name) => join('src/worker', name)),
    outdir: 'dist/public',
    format: 'iife',
    define: { ...common.define, FILES: '{}' },
    // What Emscripten's scripts have for Node.js is never come to.
    external: ['fs', 'path'],
  });
  const asIs = join(root, 'public');
  if (existsSync(asIs)) cpSync(asIs, join(dist, 'public'), { recursive: true });
  const copied = JSON.parse(readFileSync(join(lazy, 'files.json'), 'utf8'));
  for (const [name, source] of Object.entries(copied)) cpSync(join(root, 'node_modules', source), join(dist, 'public', name));
  // Mattermost lets browsers keep these for long: their addresses tell one content from the next.
  const hash = (name) => createHash('sha256').update(readFileSync(join(dist, 'public', name))).digest('hex').slice(0, 12);
  const hashes = Object.fromEntries(files(join(dist, 'public')).map((name) => [name, hash(name)]));
  const main = await esbuild.build({
    ...common,
    entryPoints: ['src/index.tsx'],
    outfile: 'dist/main.js',
    format: 'iife',
    define: { ...common.define, FILES: JSON.stringify(hashes) },
  });
  const packages = packagesOf(modules.metafile, workers.metafile, main.metafile);
  for (const source of Object.values(copied)) packages.push(/^((?:@[^/]+\/)?[^/]+)\//.exec(source)[1].replace(/^/, 'node_modules/'));
  writeFileSync(join(dist, 'packages.json'), `${JSON.stringify([...new Set(packages)].sort(), null, 2)}\n`);
  report();
}

function report() {
  const zipped = (name) => gzipSync(readFileSync(join(dist, name)), { level: 9 }).length;
  const size = zipped('main.js');
  console.log(`dist/main.js: ${size} bytes with gzip, ${MAIN_BYTES} are allowed`);
  for (const name of files(join(dist, 'public'))) {
    console.log(`dist/public/${name}: ${statSync(join(dist, 'public', name)).size} bytes, ${zipped(join('public', name))} with gzip`);
  }
  if (size > MAIN_BYTES) throw new Error(`main.js has ${size} bytes with gzip, and ${MAIN_BYTES} are allowed: move what not everybody needs into src/lazy.`);
}

try {
  await build();
} catch (error) {
  // esbuild has told of its own already.
  console.error(error.errors ? 'The webapp was not built.' : error.message);
  process.exit(1);
}
