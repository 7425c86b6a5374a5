/**
 * Messages that wait for their files, with the bytes, in this browser's store. They are no part of a document before everything they
 * name is on the server: nobody else is to see what is not there.
 *
 * A record is written with its bytes before the composer clears. When all files have ids, one transaction puts the message into the outbox
 * and notes it here (`Outbox.add`), so that it is sent once whichever page dies and however many tabs there are. The bytes stay
 * until the server has acknowledged the message; refused, the record becomes one that has failed, and its files can be sent again.
 */
import type { MessageFile } from '../../schema/document/files.ts';
import type { ConversationId, MessageId } from '../../schema/ids.ts';
import type { OutgoingFile, TrayFile, UploadFailure } from '../conversation/attachments.ts';
import { Source } from '../conversation/source.ts';
import { Turns } from '../conversation/turns.ts';
import type { AccountStore } from '../storage/account-store.ts';
import { toBeSentAgain, type UnsentRecord } from '../storage/records.ts';
import type { Tabs } from '../storage/tabs.ts';

export interface UnsentOptions {
  readonly store: AccountStore;
  readonly tabs: Tabs;
  /** The server has the message: its bytes need not be fetched from there. */
  readonly onArrived: (message: MessageId, file: Pick<MessageFile, 'id' | 'type'>, blob: Blob) => Promise<void>;
}

const byAge = (a: UnsentRecord, b: UnsentRecord): number => a.at - b.at || (a.key < b.key ? -1 : 1);

export class Unsent implements Disposable {
  /** Oldest first. */
  readonly contents = new Source<readonly UnsentRecord[]>([]);
  readonly #options: UnsentOptions;
  readonly #stopListening: () => void;
  readonly #reads = new Turns();

  constructor(options: UnsentOptions) {
    this.#options = options;
    this.#stopListening = options.tabs.subscribe((message) => {
      if (message.t === 'unsent') void this.load();
    });
  }

  /** Reads what is on disk; keeps what is known when that fails. */
  load(): Promise<void> {
    return this.#reads.take(async () => {
      const records = await this.#options.store.readAll('unsent');
      if (records && !(records.length === 0 && this.contents.get().length === 0))
        this.contents.set(records.sort(byAge));
    });
  }

  of(conversation: ConversationId): readonly UnsentRecord[] {
    return this.contents.get().filter((record) => record.conversation === conversation);
  }

  /** Keeps a message with its bytes, which leave the tray; rejects with a `StorageFailure`, and then nothing has happened. */
  async add(record: UnsentRecord, files: readonly (OutgoingFile & Partial<TrayFile>)[]): Promise<void> {
    await this.#options.store.write(['unsent', 'blobs', 'tray'], async (transaction) => {
      await transaction.objectStore('unsent').put(record);
      for (const { key } of files) if (key) await transaction.objectStore('tray').delete([record.conversation, key]);
      const blobs = transaction.objectStore('blobs');
      for (const [index, { blob }] of files.entries()) await blobs.put(blob, [record.conversation, record.key, index]);
    });
    await this.changed();
  }

  blob({ conversation, key }: Pick<UnsentRecord, 'conversation' | 'key'>, index: number): Promise<Blob | undefined> {
    return this.#options.store.read(['blobs'], (transaction) =>
      transaction.objectStore('blobs').get([conversation, key, index]),
    );
  }

  /** Changes a record that is still there; undefined when it is not. */
  async change(
    { conversation, key }: UnsentRecord,
    change: (record: UnsentRecord) => UnsentRecord,
  ): Promise<UnsentRecord | undefined> {
    const changed = await this.#options.store.write(['unsent'], async (transaction) => {
      const unsent = transaction.objectStore('unsent');
      const stored = await unsent.get([conversation, key]);
      if (!stored) return undefined;
      const next = change(stored);
      await unsent.put(next);
      return next;
    });
    await this.changed();
    return changed;
  }

  /** Somebody has to decide. */
  async fail(record: UnsentRecord, failure: UploadFailure): Promise<void> {
    await this.change(record, (stored) => ({ ...stored, failure }));
  }

  /** From the beginning: what the server had of it may be what it refused. */
  async retry(record: UnsentRecord): Promise<void> {
    await this.change(record, (stored) => toBeSentAgain(stored));
  }

  async discard({ conversation, key }: UnsentRecord): Promise<void> {
    await this.#options.store.write(['unsent', 'blobs'], (transaction) =>
      Promise.all([
        transaction.objectStore('unsent').delete([conversation, key]),
        transaction.objectStore('blobs').delete(IDBKeyRange.bound([conversation, key], [conversation, key, []])),
      ]),
    );
    await this.changed();
  }

  /** Looks what became of messages that went to the outbox: arrived, refused, or still on their way. */
  async decide(): Promise<void> {
    for (const record of this.contents.get()) if (record.sent) await this.#decide(record);
  }

  async changed(): Promise<void> {
    this.#options.tabs.post({ t: 'unsent' });
    await this.load();
  }

  [Symbol.dispose](): void {
    this.#stopListening();
  }

  async #decide(record: UnsentRecord): Promise<void> {
    const { store, onArrived } = this.#options;
    const { conversation, sent } = record;
    if (!sent) return;
    const fate = await store.read(['outbox', 'unsent'], async (transaction) => {
      const stored = await transaction.objectStore('unsent').get([conversation, record.key]);
      // Refused: the outbox has given it back.
      if (stored?.sent?.id !== sent.id) return 'changed';
      return (await transaction.objectStore('outbox').get([sent.document, sent.id])) ? 'waits' : 'arrived';
    });
    if (fate === 'changed') return this.changed();
    if (fate !== 'arrived') return;
    for (const [index, file] of record.files.entries()) {
      const blob = await this.blob(record, index);
      if (blob && file.id) await onArrived(sent.id, { id: file.id, type: file.type }, blob);
    }
    await this.discard(record);
  }
}
