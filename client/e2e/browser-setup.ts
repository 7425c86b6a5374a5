/**
 * Prepares the browser stories once per run: finds Chromium, or says in one line what to install, builds what the server serves,
 * and serves the scenes of the interface. Stories read path and address with `inject`.
 */
import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import type {} from 'vitest';
import type { TestProject } from 'vitest/node';
import { serveScenes } from './scenes-server.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Path of the browser's executable. */
    chromium: string;
    /** Address of the scenes of the interface. */
    scenes: string;
  }
}

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  project.provide('chromium', await requireChromium());
  const scenes = await serveScenes();
  project.provide('scenes', scenes.origin);
  await promisify(execFile)(process.execPath, ['--import', 'tsx', 'scripts/build.ts', '--if-changed'], {
    env: { ...process.env, NODE_ENV: 'production' },
  });
  return async () => scenes[Symbol.asyncDispose]();
}

async function requireChromium(): Promise<string> {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const named = process.env.CHROMIUM_PATH;
  const candidates = named ? [named] : folders.flatMap((folder) => NAMES.map((name) => join(folder, name)));
  for (const path of candidates) {
    const isThere = await access(path, constants.X_OK).then(
      () => true,
      () => false, // not here: the next candidate may be
    );
    if (isThere) return path;
  }
  throw new Error(
    named
      ? `CHROMIUM_PATH names no executable: ${named}`
      : 'The browser tests need Chromium: `apt-get install chromium`, or set CHROMIUM_PATH.',
  );
}
