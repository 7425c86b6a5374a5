/**
 * Sends the files of messages that wait, in the background and one after the other, the oldest first; one tab of a browser does it. An
 * upload goes on where it broke off, also on another day. When all files of a message are on the server it is handed to its
 * conversation. What the server will never take is parked and keeps nothing else waiting.
 */
import type { FileId } from '../../schema/document/files.ts';
import { fullJitterMs } from '../connection/backoff.ts';
import type { Clock } from '../connection/clock.ts';
import type { Locks } from '../connection/election.ts';
import type { ConnectionState, Observed } from '../conversation/conversation.ts';
import { Source } from '../conversation/source.ts';
import type { UnsentRecord } from '../storage/records.ts';
import type { Unsent } from './unsent.ts';
import type { UploadError, UploadFile, Uploading } from './upload-file.ts';

export interface UploaderOptions {
  readonly unsent: Unsent;
  readonly connection: Observed<ConnectionState>;
  /** Undefined where there are none: then every tab tries, and the store lets one of them hand the message over. */
  readonly locks: Locks | undefined;
  /** Of the account on this device. */
  readonly name: string;
  readonly clock: Clock;
  readonly random: () => number;
  /** Loads what speaks the protocol. */
  readonly load: () => Promise<UploadFile>;
  /** Everything it names is on the server. */
  readonly send: (record: UnsentRecord) => Promise<void>;
  readonly onSessionOver: () => void;
}

export class Uploader implements Disposable {
  /** Key of a message → bytes of it that have gone. */
  readonly progress = new Source<ReadonlyMap<string, number>>(new Map());
  readonly #options: UploaderOptions;
  readonly #end = new AbortController();
  readonly #stopListening: (() => void)[];
  #wake = (): void => undefined;
  #present: { readonly key: string; readonly uploading: Uploading } | undefined;
  #attempt = 0;

  constructor(options: UploaderOptions) {
    this.#options = options;
    const wake = () => {
      this.#cancelDeleted();
      this.#wake();
    };
    this.#stopListening = [options.unsent.contents.subscribe(wake), options.connection.subscribe(wake)];
    const work = () => this.#work();
    if (options.locks)
      // Given up with the page.
      options.locks.request(`${options.name}/uploads`, { signal: this.#end.signal }, work).catch(() => undefined);
    else void work();
  }

  [Symbol.dispose](): void {
    this.#end.abort();
    for (const stop of this.#stopListening) stop();
    this.#present?.uploading.pause();
    this.#wake();
  }

  /** What somebody has deleted meanwhile, perhaps in another tab, goes no further. */
  #cancelDeleted(): void {
    const present = this.#present;
    if (!present || this.#options.unsent.contents.get().some(({ key }) => key === present.key)) return;
    present.uploading.cancel();
    this.#show(present.key, undefined);
  }

  async #work(): Promise<void> {
    const { unsent, connection } = this.#options;
    while (!this.#end.signal.aborted) {
      const next = unsent.contents.get().find(({ failure, sent }) => !failure && !sent);
      const isOnline = ['connected', 'syncing'].includes(connection.get().is);
      if (!next || !isOnline) {
        await this.#pause();
        continue;
      }
      // What fails here is shown by the store.
      const outcome = await this.#deliver(next).catch(() => 'later' as const);
      if (outcome === 'done') this.#attempt = 0;
      else if (!this.#end.signal.aborted) await this.#pause(fullJitterMs(this.#attempt++, this.#options.random()));
    }
  }

  async #deliver(record: UnsentRecord): Promise<'done' | 'later'> {
    const { unsent, load, send, onSessionOver } = this.#options;
    const uploadFile = await load();
    let present: UnsentRecord | undefined = record;
    for (const [index, file] of record.files.entries()) {
      if (present.files[index]?.id) continue;
      const blob = await unsent.blob(record, index);
      if (!blob) {
        await unsent.fail(record, 'no-file');
        return 'done';
      }
      const before = record.files.slice(0, index).reduce((sum, { size }) => sum + size, 0);
      let url = file.url;
      let noted: Promise<unknown> = Promise.resolve();
      const uploading = uploadFile({
        ...{ blob, name: file.name, type: file.type, conversation: record.conversation, url },
        onUrl: (found) => {
          url = found;
          noted = this.#note(record, index, { url }).catch(() => undefined);
        },
        onProgress: (bytes) => this.#show(record.key, before + bytes),
      });
      this.#present = { key: record.key, uploading };
      const outcome = await uploading.outcome;
      this.#present = undefined;
      // The next attempt must know of this one.
      await noted;
      if (typeof outcome !== 'string') {
        if (url !== undefined && [404, 410].includes(outcome.status ?? 0)) {
          // The server forgets what rests for a day.
          await this.#note(record, index, { url: undefined });
          return 'later';
        }
        const failure = failureOf(outcome);
        if (outcome.status === 401) onSessionOver();
        if (!failure) return 'later';
        this.#show(record.key, undefined);
        await unsent.fail(record, failure);
        return 'done';
      }
      present = await this.#note(record, index, { id: outcome as FileId });
      // Somebody has deleted it meanwhile.
      if (!present) return 'done';
    }
    await send(present);
    await unsent.changed();
    this.#show(record.key, undefined);
    return 'done';
  }

  #note(
    record: UnsentRecord,
    index: number,
    change: { url?: string | undefined; id?: FileId },
  ): Promise<UnsentRecord | undefined> {
    return this.#options.unsent.change(record, (stored) => ({
      ...stored,
      files: stored.files.map((file, place) => (place === index ? { ...file, ...change } : file)),
    }));
  }

  #show(key: string, bytes: number | undefined): void {
    const progress = new Map(this.progress.get());
    if (bytes === undefined) progress.delete(key);
    else progress.set(key, bytes);
    this.progress.set(progress);
  }

  /** Until something has changed, and not longer than `ms`. */
  #pause(ms?: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = ms === undefined ? undefined : this.#options.clock.after(ms, () => this.#wake());
      this.#wake = () => {
        cancel?.();
        this.#wake = () => undefined;
        resolve();
      };
    });
  }
}

/** Undefined: it may pass unchanged. */
function failureOf({ status }: UploadError): 'too-large' | 'not-member' | 'rejected' | undefined {
  if (status === 413) return 'too-large';
  if (status === 403 || status === 404) return 'not-member';
  return status !== undefined && status >= 400 && status < 500 && ![401, 408, 409, 423, 429].includes(status)
    ? 'rejected'
    : undefined;
}
