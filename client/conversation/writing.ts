/**
 * What this person writes in a conversation: messages, edits, deletions, reactions, and what becomes of texts and files that the server
 * refused. Each goes to the document where it belongs; what cannot be sent at all is kept as failed.
 */
import type { MessageFile } from '../../schema/document/files.ts';
import { isDeleted, isMessage, type Message } from '../../schema/document/message.ts';
import { type ConversationId, type MessageId, parseDocumentId } from '../../schema/ids.ts';
import { type FailedRecord, isReaction, type UnsentRecord } from '../storage/records.ts';
import type { OutgoingFile, TrayFile } from './attachments.ts';
import type { Chain } from './chain.ts';
import type { ChainView } from './chain-view.ts';
import { StorageFailure } from './conversation.ts';
import type { Device } from './local-copy.ts';
import type { Replica } from './replica.ts';
import { Turns } from './turns.ts';
import type { Whereabouts } from './whereabouts.ts';

export interface WritingOptions {
  readonly id: ConversationId;
  readonly device: Device;
  readonly chain: Chain;
  readonly look: Pick<ChainView, 'row'>;
  readonly whereabouts: Whereabouts;
  /** Messages as the server settled them, by id. */
  readonly settled: () => ReadonlyMap<MessageId, Message>;
}

/** A text this long would not fit a frame; it is refused here as the server would refuse it. */
const MAX_SENT_CHARACTERS = 100_000;

/** Half a character, as clipboards may hold, cannot be sent: it would stand here and be U+FFFD everywhere else. */
const wellFormed = (text: string): string => text.replace(/\p{Surrogate}/gu, '\uFFFD');

export class Writing {
  readonly #options: WritingOptions;
  /** Appends follow each other: each sees what the one before it waits for. */
  readonly #appends = new Turns();

  constructor(options: WritingOptions) {
    this.#options = options;
  }

  async send(written: string, re?: MessageId, repeats?: FailedRecord): Promise<void> {
    const { device } = this.#options;
    const text = wellFormed(written);
    const at = device.clock.now();
    if (text.length > MAX_SENT_CHARACTERS)
      return this.#park({ text, at, kind: 'too-long', ...(re && { re }), ...(repeats && { key: repeats.key }) });
    const make = (id: MessageId) => ({ element: { id, from: device.me, at, text, ...(re && { re }) } });
    const isTaken = await this.#append(make, repeats);
    if (!isTaken && !repeats) await this.#park({ text, at, ...(re && { re }) });
  }

  /** Waits for its files; `sendUploaded` follows when they are on the server. */
  async sendFiles(
    written: string,
    files: readonly (OutgoingFile & Partial<TrayFile>)[],
    re?: MessageId,
  ): Promise<void> {
    const { unsent, clock } = this.#options.device;
    if (!unsent) throw new StorageFailure('unavailable');
    const at = clock.now();
    const key = `${at}-${crypto.getRandomValues(new Uint32Array(1))}`;
    const described = files.map(({ blob: _, key: __, ...file }) => file);
    const text = wellFormed(written);
    await unsent.add({ conversation: this.#options.id, key, text, at, files: described, ...(re && { re }) }, files);
  }

  /** All its files are on the server: it becomes a message like any other. */
  async sendUploaded(record: UnsentRecord): Promise<void> {
    const { me, unsent } = this.#options.device;
    const { text, at, re } = record;
    const files = record.files.map(({ url: _, ...file }) => file as MessageFile);
    const make = (id: MessageId) => ({ element: { id, from: me, at, text, ...(re && { re }), files } });
    const isTaken = await this.#append(make, record);
    if (!isTaken) await unsent?.fail(record, 'not-member');
  }

  async retryFiles(key: string): Promise<void> {
    const record = this.#unsent(key);
    if (record) await this.#options.device.unsent?.retry(record);
  }

  async discardFiles(key: string): Promise<void> {
    const record = this.#unsent(key);
    if (record) await this.#options.device.unsent?.discard(record);
  }

  async edit(id: MessageId, written: string, repeats?: FailedRecord): Promise<void> {
    const { device } = this.#options;
    const text = wellFormed(written);
    const at = device.clock.now();
    const epoch = await this.#epochOf(id);
    const isTaken = await this.#options.chain.use(epoch, (replica) => {
      const target = this.#options.settled().get(id);
      const before = target && !isDeleted(target) ? target.editedAt : undefined;
      const element = { edit: id, from: device.me, at, text };
      return replica.append(() => ({ element, ...(before !== undefined && { editedAtBefore: before }) }), repeats);
    });
    if (!isTaken && !repeats) await this.#park({ text, at, edit: id });
  }

  async delete(id: MessageId): Promise<void> {
    const { device } = this.#options;
    const element = { del: id, from: device.me, at: device.clock.now() };
    await this.#options.chain.use(await this.#epochOf(id), (replica) => replica.append(() => ({ element })));
  }

  async react(id: MessageId, emoji: string): Promise<void> {
    await this.#options.chain.use(await this.#epochOf(id), (replica) => replica.react(id, emoji));
  }

  async retry(key: string, text?: string): Promise<void> {
    const failed = this.#failed(key);
    if (!failed) return;
    if (failed.edit) await this.edit(failed.edit, text ?? failed.text, failed);
    else await this.send(text ?? failed.text, failed.re, failed);
  }

  async discard(key: string): Promise<void> {
    const failed = this.#failed(key);
    if (failed) await this.#options.device.outbox.discard(failed);
  }

  /** Appends a new message; false when this person is shut out. */
  #append(...given: Parameters<Replica['append']>): Promise<boolean> {
    const { chain } = this.#options;
    return this.#appends.take(() => chain.use(this.#epochToWrite(), (replica) => replica.append(...given)));
  }

  /**
   * The newest epoch, unless own messages wait for an older one. The server moves these in their order when they arrive, so
   * the next one follows them there: sent to the newest at once, it would come before them.
   */
  #epochToWrite(): number {
    const waiting = this.#options.device.outbox.contents.get().records.flatMap(({ document, element }) => {
      const place = !isReaction(element) && isMessage(element) ? parseDocumentId(document) : undefined;
      return place?.conversation === this.#options.id ? [place.epoch] : [];
    });
    return waiting.length > 0 ? Math.max(...waiting) : this.#options.chain.newest;
  }

  /** The epoch whose document an edit or deletion goes to: where the message stands. */
  async #epochOf(id: MessageId): Promise<number> {
    const here = this.#options.look.row(id)?.epoch;
    if (here !== undefined) return here;
    const place = await this.#options.whereabouts.ofMessage(id);
    return typeof place === 'object' ? place.epoch : this.#options.chain.newest;
  }

  /** Keeps a text as failed that is not even sent. */
  #park(text: Pick<FailedRecord, 'text' | 'at'> & Partial<FailedRecord>): Promise<void> {
    const key = `${text.at}-${crypto.getRandomValues(new Uint32Array(1))}`;
    return this.#options.device.outbox.park({ conversation: this.#options.id, key, kind: 'not-member', ...text });
  }

  #unsent(key: string): UnsentRecord | undefined {
    return this.#options.device.unsent?.of(this.#options.id).find((record) => record.key === key);
  }

  #failed(key: string): FailedRecord | undefined {
    return this.#options.device.outbox.failedOf(this.#options.id).find((failed) => failed.key === key);
  }
}
