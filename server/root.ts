/** The folder of this installation: the nearest with a `package.json`, seen from the sources and from the bundle alike. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

function findRoot(): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'package.json'))) {
    if (folder === dirname(folder)) throw new Error(`There is no package.json above ${import.meta.dirname}.`);
    folder = dirname(folder);
  }
  return folder;
}

export const root = findRoot();
