/** Finds the browser of the stories, or says in one line what to install. Stories read its path with `inject`. */
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import type {} from 'vitest';

declare module 'vitest' {
  interface ProvidedContext {
    /** Path of the browser's executable. */
    chromium: string;
  }
}

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

export async function requireChromium(): Promise<string> {
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
