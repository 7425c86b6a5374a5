/** What built files are, by the end of their names: for servers of stories that need none of ours. */
import { extname } from 'node:path';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webmanifest': 'application/manifest+json',
};

export const contentTypeOf = (name: string): string => TYPES[extname(name)] ?? 'application/octet-stream';
