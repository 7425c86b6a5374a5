/** Prepares the stories about scenes once per run: finds Chromium, and builds and serves the scenes. Stories read both with `inject`. */
import type {} from 'vitest';
import type { TestProject } from 'vitest/node';
import { requireChromium } from '../chromium.ts';
import { serveScenes } from './scenes-server.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Address of the scenes of the interface. */
    scenes: string;
  }
}

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  project.provide('chromium', await requireChromium());
  const scenes = await serveScenes();
  project.provide('scenes', scenes.origin);
  return async () => scenes[Symbol.asyncDispose]();
}
