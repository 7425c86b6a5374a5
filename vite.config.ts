/**
 * Builds the client (root `client/`, output `dist/client`), serves it while developing, and tells the tests apart by
 * suffix. The server's bundle is made by `scripts/build.ts`.
 */
import { accessSync, constants, statfsSync } from 'node:fs';
import react from '@vitejs/plugin-react';
import { VitePWA } from 'vite-plugin-pwa';
import { defineConfig } from 'vitest/config';
import { slimEmoji } from './scripts/slim-emoji.ts';

const here = import.meta.dirname;
const everywhere = '{schema,server,client,scripts,examples}/**';
const api = `http://127.0.0.1:${process.env.PORT ?? 3000}`;
const postgres = './server/database/testing-setup.ts';
const redis = './server/fan-out/testing-setup.ts';

const MEMORY = '/dev/shm';
/** More than the databases, logs and browser profiles of a whole run; containers often have 64 MiB. */
const ROOM_BYTES = 6 * 2 ** 30;

function hasRoom(): boolean {
  try {
    accessSync(MEMORY, constants.W_OK);
    const { bavail, bsize } = statfsSync(MEMORY);
    return bavail * bsize >= ROOM_BYTES;
  } catch {
    return false;
  }
}

// Tests make a database each: on a disk, copying those takes as long as all that is done with them.
if (process.env.VITEST && !process.env.TMPDIR && hasRoom()) process.env.TMPDIR = MEMORY;

export default defineConfig({
  root: `${here}/client`,
  plugins: [
    react(),
    slimEmoji(),
    // Only builds the worker and tells it the files; registering it and the manifest are the client's own.
    VitePWA({
      strategies: 'injectManifest',
      srcDir: '.',
      filename: 'service-worker.ts',
      injectRegister: false,
      manifest: false,
      injectManifest: {
        globPatterns: ['**/*.{html,js,css,svg,png,webmanifest}'],
        // Of use with a network only, and on few servers.
        globIgnores: ['**/firebase-*.js'],
      },
    }),
  ],
  build: { outDir: `${here}/dist/client`, emptyOutDir: true, sourcemap: true, target: 'es2022' },
  server: {
    proxy: {
      '/api': api,
      '/healthz': api,
      '/readyz': api,
      '/metrics': api,
      '/sync': { target: api, ws: true },
      '/documents': { target: api, ws: true },
    },
  },
  test: {
    root: here,
    // Several suites measure time or start servers; more workers than this starve each other on a small machine.
    maxWorkers: 2,
    maxConcurrency: 2,
    projects: [
      {
        root: here,
        test: {
          name: 'unit',
          include: [`${everywhere}/*.test.{ts,tsx}`],
          exclude: [`${everywhere}/*.{pg,redis,fuzz,e2e}.test.ts`, '**/node_modules/**'],
        },
      },
      {
        root: here,
        test: {
          name: 'postgres',
          include: [`${everywhere}/*.pg.test.ts`],
          globalSetup: postgres,
          // Generous: a loaded machine is slow, and a hang is rare.
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        root: here,
        test: {
          name: 'redis',
          include: [`${everywhere}/*.redis.test.ts`],
          globalSetup: [postgres, redis],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        root: here,
        test: {
          name: 'fuzz',
          include: [`${everywhere}/*.fuzz.test.ts`],
          globalSetup: postgres,
          testTimeout: 120_000,
        },
      },
      {
        root: here,
        test: {
          name: 'browser',
          include: ['client/e2e/**/*.e2e.test.ts'],
          exclude: ['client/e2e/scenes/**'],
          globalSetup: [postgres, './client/e2e/browser-setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          // Loading what drives the browser takes longer than many a story, and none leaves anything behind in its process.
          isolate: false,
          // Two at once need half the time; but stories in which seconds count then fail now and then.
          fileParallelism: false,
          // Vitest wants a group of its own for every number of workers.
          sequence: { groupOrder: 1 },
        },
      },
      {
        root: here,
        test: {
          name: 'scenes',
          include: ['client/e2e/scenes/*.e2e.test.ts'],
          globalSetup: './client/e2e/scenes/scenes-setup.ts',
          testTimeout: 60_000,
          hookTimeout: 120_000,
          isolate: false,
        },
      },
    ],
  },
});
