/** Results stand in a file of this folder, newest first: those of a run are put on top, below what introduces them. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export function writeOnTop(name: string, markdown: string): void {
  const file = join(import.meta.dirname, name);
  const before = readFileSync(file, 'utf8');
  const at = before.indexOf('\n## ') < 0 ? before.length : before.indexOf('\n## ') + 1;
  writeFileSync(
    file,
    `${before.slice(0, at).trimEnd()}\n\n${markdown}${at < before.length ? '\n' : ''}${before.slice(at)}`,
  );
}
