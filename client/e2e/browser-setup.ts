/** Prepares the browser stories once per run: finds Chromium and builds what the server serves. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { TestProject } from 'vitest/node';
import { requireChromium } from './chromium.ts';

export async function setup(project: TestProject): Promise<void> {
  project.provide('chromium', await requireChromium());
  await promisify(execFile)(process.execPath, ['--import', 'tsx', 'scripts/build.ts', '--if-changed'], {
    env: { ...process.env, NODE_ENV: 'production' },
  });
}
