/**
 * One conversation on this device: a chain of documents, shown as one timeline. Shared by everything that shows the
 * conversation; it lives as long as the session. It never shows a state that a reload would take back.
 */
import type { MessageFile } from '../../schema/document/files.ts';
import { isDelete, isDeleted, isEdit, isMessage, type Message } from '../../schema/document/message.ts';
import { foldTimeline } from '../../schema/document/timeline.ts';
import { type ConversationId, documentId, type MessageId, parseDocumentId, type UserId } from '../../schema/ids.ts';
import { fullJitterMs } from '../connection/backoff.ts';
import { type FailedRecord, isReaction, type OutboxRecord, type UnsentRecord } from '../storage/records.ts';
import type { OutgoingFile, TrayFile } from './attachments.ts';
import { Chain } from './chain.ts';
import { ChainView, type LocalView, NOTHING_KNOWN } from './chain-view.ts';
import { coalesce } from './coalesce.ts';
import { type Jumped, type JumpTarget, type Quoted, StorageFailure } from './conversation.ts';
import type { Gone } from './deletions.ts';
import { subjectOf } from './fates.ts';
import { Quotes, quotedAs } from './quotes.ts';
import { isSameList } from './remember-last.ts';
import { Replica, type ReplicaOptions } from './replica.ts';
import { Source } from './source.ts';
import { type Locator, Whereabouts } from './whereabouts.ts';

export interface LocalConversationOptions
  extends Omit<ReplicaOptions, 'document' | 'settled' | 'seek' | 'redirect' | 'onChange'> {
  readonly id: ConversationId;
  /** The newest that is known of. */
  readonly epoch: number;
  readonly members: () => readonly UserId[];
  readonly isOffline: () => boolean;
  readonly locator: Locator;
  /** What deletions under way have taken from view. */
  readonly gone: () => Gone;
  /** Messages that this person has deleted for themself. */
  readonly hidden: () => ReadonlySet<MessageId>;
  /** Hidden ones that nobody can read any more. */
  readonly onErased: (ids: readonly MessageId[]) => void;
}

/** A text this long would not fit a frame; it is refused here as the server would refuse it. */
const MAX_SENT_CHARACTERS = 100_000;

/** Half a character, as clipboards may hold, cannot be sent: it would stand here and be U+FFFD everywhere else. */
const wellFormed = (text: string): string => text.replace(/\p{Surrogate}/gu, '\uFFFD');

export class LocalConversation implements Disposable {
  readonly id: ConversationId;
  readonly view = new Source<LocalView>(NOTHING_KNOWN);
  readonly #options: LocalConversationOptions;
  readonly #chain: Chain;
  readonly #look: ChainView;
  readonly #whereabouts: Whereabouts;
  readonly #quotes: Quotes;
  readonly #invalidate: (() => void) & Disposable;
  readonly #stopListening: () => void;
  /** Appends follow each other: each sees what the one before it waits for. */
  #appending: Promise<unknown> = Promise.resolve();
  #screens = 0;
  /** What was known of the reading when it was looked at last. */
  #reading: readonly unknown[] = [];

  constructor(options: LocalConversationOptions) {
    const { id, epoch, device, locator, isOffline, members, reading, gone, hidden } = options;
    this.id = id;
    this.#options = options;
    this.#invalidate = coalesce(device.clock, () => this.#show());
    const chain = new Chain({
      ...{ id, epoch, device, isOffline },
      openReplica: (one, onChange) => this.#openReplica(one, onChange),
      isLookedAt: () => this.#screens > 0,
      onChange: () => this.#invalidate(),
    });
    this.#chain = chain;
    const whereabouts = new Whereabouts({ chain, locator });
    this.#whereabouts = whereabouts;
    const quotes = new Quotes({ find: (one) => whereabouts.find(one), onChange: () => this.#invalidate() });
    this.#quotes = quotes;
    const isHiding = () => reading.isTold() === false;
    this.#look = new ChainView({ id, device, chain, quotes, members, isOffline, isHiding, gone, hidden });
    const stops = [
      device.outbox.contents.subscribe(() => {
        if (!this.#look.isOutboxSeen()) chain.changed();
      }),
      device.unsent?.contents.subscribe(() => chain.changed()),
    ];
    this.#stopListening = () => {
      for (const stop of stops) stop?.();
    };
  }

  get isSynced(): boolean {
    return this.#chain.opened.every(({ replica }) => replica.isSynced || replica.isGone);
  }

  /** There is a newer epoch. */
  extend(epoch: number): void {
    this.#chain.extend(epoch);
  }

  /** Deletions of its messages began, were undone or are done. */
  goneChanged(): void {
    this.#invalidate();
  }

  /** It shows a deletion that may be undone. */
  get isInDoubt(): boolean {
    return this.#options.gone().markers.length > 0;
  }

  /** Somebody asks for it: should this person have been let in again, it is synced again. */
  revive(): void {
    for (const { replica } of this.#chain.opened) replica.revive();
  }

  /** Brings all epochs that are stored here up to date; false when that could not be done. */
  async renew(): Promise<boolean> {
    const isRenewed = await this.#chain.renew();
    this.#quotes.again('all');
    return isRenewed;
  }

  /** Something outside has changed: members, or whether there is a network. */
  refresh(): void {
    if (!this.#options.isOffline()) this.#quotes.again('absent');
    this.#chain.changed();
  }

  /** What others may be told, or what was read or hidden on other devices, may have changed. */
  readElsewhere(): void {
    const { reading } = this.#options;
    const { opened } = this.#chain;
    const known = [this.#options.hidden(), reading.isTold(), ...opened.map(({ epoch }) => reading.keptIn(epoch))];
    if (isSameList(known, this.#reading)) return;
    this.#reading = known;
    for (const { replica } of opened) replica.receipt?.changed();
    this.#chain.changed();
  }

  /** A screen shows it, until the answer is called. */
  attach(): () => void {
    this.#screens++;
    this.#invalidate();
    return () => {
      this.#screens--;
      if (this.#screens === 0) this.#chain.rest(this.#look.receipts.countsFrom);
    };
  }

  loadOlder(): Promise<void> {
    return this.#chain.loadOlder().then(() => this.#show());
  }

  loadNewer(): Promise<void> {
    return this.#chain.loadNewer().then(() => this.#show());
  }

  async jump(target: JumpTarget): Promise<Jumped> {
    if (target === 'latest') return this.#jumpToEnd();
    if (target === 'first-unread') return this.#jumpToUnread();
    if ('date' in target) return this.#jumpToDate(target.date);
    const { message: id, epoch } = target;
    if (this.#options.device.outbox.contents.get().records.some((record) => record.id === id)) await this.#jumpToEnd();
    if (epoch !== undefined && (await this.#chain.show(epoch))) this.#show();
    if (this.#look.row(id)) return { ok: true, row: id };
    return this.#jumpTo(await this.#whereabouts.ofMessage(id));
  }

  async lookUp(id: MessageId): Promise<Quoted> {
    if (this.#look.isHidden(id)) return 'hidden';
    return this.#look.row(id)?.message ?? quotedAs(await this.#whereabouts.find(id));
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
    await unsent.add({ conversation: this.id, key, text, at, files: described, ...(re && { re }) }, files);
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
    const { unsent } = this.#options.device;
    const record = unsent?.of(this.id).find((one) => one.key === key);
    if (record) await unsent?.retry(record);
  }

  async discardFiles(key: string): Promise<void> {
    const { unsent } = this.#options.device;
    const record = unsent?.of(this.id).find((one) => one.key === key);
    if (record) await unsent?.discard(record);
  }

  async edit(id: MessageId, written: string, repeats?: FailedRecord): Promise<void> {
    const { device } = this.#options;
    const text = wellFormed(written);
    const at = device.clock.now();
    const epoch = await this.#epochOf(id);
    const isTaken = await this.#chain.use(epoch, (replica) => {
      const target = this.#settled().get(id);
      const before = target && !isDeleted(target) ? target.editedAt : undefined;
      const element = { edit: id, from: device.me, at, text };
      return replica.append(() => ({ element, ...(before !== undefined && { editedAtBefore: before }) }), repeats);
    });
    if (!isTaken && !repeats) await this.#park({ text, at, edit: id });
  }

  async delete(id: MessageId): Promise<void> {
    const { device } = this.#options;
    const element = { del: id, from: device.me, at: device.clock.now() };
    await this.#chain.use(await this.#epochOf(id), (replica) => replica.append(() => ({ element })));
  }

  async react(id: MessageId, emoji: string): Promise<void> {
    await this.#chain.use(await this.#epochOf(id), (replica) => replica.react(id, emoji));
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

  shown(ids: readonly MessageId[]): void {
    const rows = ids.flatMap((id) => this.#look.row(id) ?? []).filter((row) => !row.own);
    for (const { epoch, replica } of this.#chain.opened) {
      const here = rows.filter((row) => row.epoch === epoch).map((row) => row.message.id);
      if (here.length > 0) replica.receipt?.shown(here);
    }
    if (rows.length > 0) this.#invalidate();
  }

  readBy(id: MessageId): readonly UserId[] {
    const opened = this.#chain.opened.find(({ epoch }) => epoch === this.#look.row(id)?.epoch);
    if (this.#options.reading.isTold() === false) return [];
    return opened ? this.#look.others.filter((user) => this.#look.receipts.hasRead(user, id, opened)) : [];
  }

  [Symbol.dispose](): void {
    this.#stopListening();
    this.#invalidate[Symbol.dispose]();
    this.#chain[Symbol.dispose]();
  }

  #openReplica(epoch: number, onChange: () => void): Replica {
    return new Replica({
      ...this.#options,
      document: documentId(this.id, epoch),
      settled: () => this.#settled(),
      seek: (id) => this.#seek(id),
      redirect: (record) => this.#redirect(record),
      onChange,
    });
  }

  #show(): void {
    this.view.set(this.#look.look());
    if (this.#look.erased.length > 0) this.#options.onErased(this.#look.erased);
    const { rows, older } = this.view.get();
    // An epoch that was opened a moment ago is empty: the conversation is not.
    if (rows.length === 0 && this.#chain.isComplete && older === 'more') void this.loadOlder();
  }

  async #jumpToEnd(): Promise<Jumped> {
    await this.#chain.show(this.#chain.newest);
    this.#show();
    const last = this.view.get().rows.at(-1)?.message.id;
    return { ok: true, ...(last && { row: last }) };
  }

  /** Goes back to where this person has read, as far as the window reaches. */
  async #jumpToUnread(): Promise<Jumped> {
    const { countsFrom } = this.#look.receipts;
    if (countsFrom < this.#chain.low) await this.#chain.show(countsFrom);
    this.#show();
    const { firstUnread } = this.view.get();
    return firstUnread ? { ok: true, row: firstUnread } : this.#jumpToEnd();
  }

  async #jumpToDate(date: number): Promise<Jumped> {
    const place = await this.#whereabouts.ofDate(date);
    const jumped = await this.#jumpTo(place);
    if (typeof place === 'string' || !this.#look.isHidden(place.id)) return jumped;
    const { rows } = this.view.get();
    const row = (rows.find(({ message }) => message.at >= date) ?? rows.at(-1))?.message.id;
    return { ok: true, ...(row && { row }) };
  }

  async #jumpTo(place: Awaited<ReturnType<Whereabouts['ofMessage']>>): Promise<Jumped> {
    if (place === 'nowhere') return { ok: false, why: 'unknown' };
    if (place === 'unreachable') return { ok: false, why: 'offline' };
    this.#chain.extend(place.epoch);
    const isShown = await this.#chain.show(place.epoch);
    if (!isShown) return { ok: false, why: 'offline' };
    this.#show();
    return this.#look.row(place.id) ? { ok: true, row: place.id } : { ok: false, why: 'unknown' };
  }

  /**
   * A message that is acknowledged and in no open document: the server has moved it to a newer epoch, or refused it while
   * nobody heard. Where the epoch is open here it counts as found once its document brings it.
   */
  async #seek(id: MessageId): Promise<Message | undefined> {
    for (let attempt = 0; ; attempt++) {
      const here = this.#settled().get(id);
      if (here) return here;
      const answer = await this.#options.locator.message(id);
      if (answer.is === 'nowhere') return this.#settled().get(id);
      if (answer.is === 'found') {
        this.#chain.extend(answer.epoch);
        const isOpen = () => this.#chain.opened.some(({ epoch }) => epoch === answer.epoch);
        return this.#chain.until(() => this.#settled().get(id) ?? (isOpen() ? undefined : answer.message));
      }
      await this.#untilConnected(attempt);
    }
  }

  /**
   * The message of an edit, deletion or reaction stands in another epoch than this device thought: there it goes. A reaction whose
   * copy was dropped is written into the next one.
   */
  async #redirect(record: OutboxRecord): Promise<boolean> {
    const { element, editedAtBefore, given, document, incarnation } = record;
    if (!isReaction(element) && isMessage(element)) return false;
    const place = await this.#whereabouts.ofMessage(subjectOf(record));
    if (typeof place === 'string') return false;
    this.#chain.extend(place.epoch);
    return this.#chain.use(place.epoch, async (replica) => {
      if (replica.document === document && (!isReaction(element) || replica.record.incarnation === incarnation))
        return false;
      const made = {
        element,
        ...(editedAtBefore !== undefined && { editedAtBefore }),
        ...(given && { given: { ...given, repeats: given.repeats + 1 } }),
      };
      return replica.append(() => made, undefined, record);
    });
  }

  /** Resolves after a while that grows with the attempts, or when there is a new connection. */
  #untilConnected(attempt: number): Promise<void> {
    const { connection, device, random } = this.#options;
    return new Promise((resolve) => {
      const stop = () => {
        cancel();
        stopListening();
        resolve();
      };
      const cancel = device.clock.after(fullJitterMs(attempt, random()), stop);
      let wasOpen = connection.state.is === 'open';
      const stopListening = connection.onState(() => {
        const isOpen = connection.state.is === 'open';
        if (isOpen && !wasOpen) stop();
        wasOpen = isOpen;
      });
    });
  }

  /** Appends a new message; false when this person is shut out. */
  #append(...given: Parameters<Replica['append']>): Promise<boolean> {
    const appended = this.#appending.then(() =>
      this.#chain.use(this.#epochToWrite(), (replica) => replica.append(...given)),
    );
    this.#appending = appended.catch(() => undefined);
    return appended;
  }

  /**
   * The newest epoch, unless own messages wait for an older one. The server moves these in their order when they arrive, so
   * the next one follows them there: sent to the newest at once, it would come before them.
   */
  #epochToWrite(): number {
    const waiting = this.#options.device.outbox.contents.get().records.flatMap(({ document, element }) => {
      const place = !isReaction(element) && isMessage(element) ? parseDocumentId(document) : undefined;
      return place?.conversation === this.id ? [place.epoch] : [];
    });
    return waiting.length > 0 ? Math.max(...waiting) : this.#chain.newest;
  }

  /** The epoch whose document an edit or deletion goes to: where the message stands. */
  async #epochOf(id: MessageId): Promise<number> {
    const here = this.#look.row(id)?.epoch;
    if (here !== undefined) return here;
    const place = await this.#whereabouts.ofMessage(id);
    return typeof place === 'object' ? place.epoch : this.#chain.newest;
  }

  /** Keeps a text as failed that is not even sent. */
  #park(text: Pick<FailedRecord, 'text' | 'at'> & Partial<FailedRecord>): Promise<void> {
    const key = `${text.at}-${crypto.getRandomValues(new Uint32Array(1))}`;
    return this.#options.device.outbox.park({ conversation: this.id, key, kind: 'not-member', ...text });
  }

  #failed(key: string): FailedRecord | undefined {
    return this.#options.device.outbox.failedOf(this.id).find((failed) => failed.key === key);
  }

  /** Messages as the server settled them, without markers that still wait. */
  #settled(): ReadonlyMap<MessageId, Message> {
    const elements = this.#chain.opened.flatMap(({ replica }) => replica.copy?.elements() ?? []);
    const settled = elements.filter((element) => !isEdit(element) && !isDelete(element));
    return new Map(foldTimeline(settled).map((message) => [message.id, message]));
  }
}
