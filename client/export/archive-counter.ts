/** Counts the messages in an archive as it comes: the lines of its `ndjson` files. Loaded when somebody exports an account. */
import { Unzip, UnzipInflate } from 'fflate';
import { BLOBS_FOLDER } from '../../schema/export/archive-header.ts';
import type { Counter } from './running-export.ts';

const NEWLINE = 10;

export class ArchiveCounter implements Counter {
  messages = 0;
  /** The bytes of attached files have begun, which hold no messages, but may be archives themselves. */
  #isCounted = false;
  readonly #unzip = new Unzip((file) => {
    if (file.name.startsWith(BLOBS_FOLDER)) this.#isCounted = true;
    if (this.#isCounted || !file.name.endsWith('.ndjson')) return;
    file.ondata = (error, bytes) => {
      if (error) throw error;
      for (const byte of bytes) if (byte === NEWLINE) this.messages++;
    };
    file.start();
  });

  constructor() {
    this.#unzip.register(UnzipInflate);
  }

  push(bytes: Uint8Array): void {
    // A copy: fflate holds on to what it is given.
    if (!this.#isCounted) this.#unzip.push(bytes.slice());
  }
}
