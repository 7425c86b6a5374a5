import { zipSync } from 'fflate';
import { expect, test } from 'vitest';
import { blobFile } from '../../schema/export/archive.ts';
import { ZipStream } from '../../server/archive/zip-stream.ts';
import { ArchiveCounter } from './archive-counter.ts';

test('the messages of an archive are counted, and not those of archives that people sent each other', async () => {
  const lines = new TextEncoder().encode('{}\n{}\n');
  const zip = new ZipStream(Date.UTC(2026, 0, 1));
  zip.add('conversations/a/000000.ndjson', lines);
  const sent = zipSync({ 'conversations/b/000000.ndjson': lines });
  async function* pieces() {
    yield sent;
  }
  const written: Uint8Array[] = [];
  for await (const piece of zip.addPieces(blobFile('0'), pieces())) written.push(piece);
  zip.add('manifest.json', '{}');
  zip.end();
  written.push(...zip.take());
  for (const size of [1, 7, 10_000]) {
    const counter = new ArchiveCounter();
    const bytes = Buffer.concat(written);
    for (let at = 0; at < bytes.length; at += size) counter.push(bytes.subarray(at, at + size));
    expect(counter.messages).toBe(2);
  }
});
