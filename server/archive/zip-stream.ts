/** A zip that is written file by file, each given whole or in pieces, and what it became is taken away at once. Remembers checksums only. */
import { createHash } from 'node:crypto';
import { Zip, ZipDeflate, ZipPassThrough } from 'fflate';
import type { ArchiveManifest } from '../../schema/export/archive.ts';

/** What a zip can name without its 64-bit extension, which fflate does not write. */
const MAX_BYTES = 2 ** 32 - 1;
export const MAX_FILES = 2 ** 16 - 1;

export class ZipStream {
  readonly files: ArchiveManifest['files'] = [];
  readonly #mtime: number;
  readonly #zip: Zip;
  #chunks: Uint8Array[] = [];
  #bytes = 0;

  constructor(mtime: number) {
    this.#mtime = mtime;
    this.#zip = new Zip((error, chunk) => {
      if (error) throw error;
      this.#chunks.push(chunk);
      this.#bytes += chunk.length;
    });
  }

  /** Throws when the archive grows beyond what a zip can hold: rather broken off than unreadable. */
  add(path: string, contents: string | Uint8Array): void {
    const bytes = typeof contents === 'string' ? new TextEncoder().encode(contents) : contents;
    this.files.push({ path, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') });
    const file = new ZipDeflate(path);
    file.mtime = this.#mtime;
    this.#zip.add(file);
    file.push(bytes, true);
    this.#requireRoom();
  }

  /** Written as it is: pictures and films are small already. Yields what was written. */
  async *addPieces(path: string, pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    const file = new ZipPassThrough(path);
    file.mtime = this.#mtime;
    this.#zip.add(file);
    const sum = createHash('sha256');
    let bytes = 0;
    for await (const piece of pieces) {
      sum.update(piece);
      bytes += piece.length;
      file.push(piece);
      yield* this.take();
    }
    file.push(new Uint8Array(), true);
    this.files.push({ path, bytes, sha256: sum.digest('hex') });
    this.#requireRoom();
    yield* this.take();
  }

  end(): void {
    this.#zip.end();
  }

  #requireRoom(): void {
    if (this.#bytes > MAX_BYTES || this.files.length > MAX_FILES) throw new Error('The archive is too large for a zip');
  }

  /** What was written since the last call. */
  take(): Uint8Array[] {
    const chunks = this.#chunks;
    this.#chunks = [];
    return chunks;
  }
}
