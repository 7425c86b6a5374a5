/**
 * One conversation on this device: a chain of replicas, folded into one timeline. Shared by everything that shows the
 * conversation; it lives as long as the session. It never shows a state that a reload would take back.
 */
import { type Element, isDelete, isDeleted, isEdit, isMessage, type Message } from '../../schema/document/message.ts';
import { covers, NO_RECEIPT, type ReceiptVector, union } from '../../schema/document/receipts.ts';
import { foldTimeline } from '../../schema/document/timeline.ts';
import { type ConversationId, documentId, type MessageId, type UserId } from '../../schema/ids.ts';
import type { FailedRecord, OutboxRecord } from '../storage/records.ts';
import { coalesce } from './coalesce.ts';
import type { TimelineRow } from './conversation.ts';
import { deliveryOf, type Reached, reach, writerOf } from './delivery.ts';
import { isSameList, rememberLast } from './remember-last.ts';
import { Replica, type ReplicaOptions } from './replica.ts';
import { isUnread, makeRows, type Rows } from './rows.ts';
import { Source } from './source.ts';

export interface LocalConversationOptions extends Omit<ReplicaOptions, 'document' | 'settled' | 'onChange'> {
  readonly id: ConversationId;
  readonly epoch: number;
  readonly members: () => readonly UserId[];
  readonly isOffline: () => boolean;
}

/** What is known here now. `isSynced`: nothing newer was on the server when the connection was made. */
export interface LocalView {
  readonly state: 'loading' | 'absent' | 'ready';
  readonly rows: readonly TimelineRow[];
  readonly failed: readonly FailedRecord[];
  /** Up to where messages of others were shown to this person. */
  readonly read: ReceiptVector;
  readonly unread: number;
  readonly isSynced: boolean;
}

/** A text this long would not fit a frame; it is refused here as the server would refuse it. */
const MAX_SENT_CHARACTERS = 100_000;

const NOWHERE: ReceiptVector = {};

export class LocalConversation implements Disposable {
  readonly id: ConversationId;
  readonly view: Source<LocalView>;
  readonly #options: LocalConversationOptions;
  readonly #chain: Replica[] = [];
  readonly #invalidate: (() => void) & Disposable;
  readonly #stopListening: () => void;
  #rows: Rows = new Map();
  /** What of the outbox was looked at last. */
  #waiting: readonly OutboxRecord[] = [];

  constructor(options: LocalConversationOptions) {
    this.id = options.id;
    this.#options = options;
    this.view = new Source<LocalView>({ state: 'loading', rows: [], failed: [], read: {}, unread: 0, isSynced: false });
    this.#invalidate = coalesce(options.device.clock, () => this.view.set(this.#look()));
    this.#stopListening = options.device.outbox.contents.subscribe(() => {
      if (!this.#isOutboxSeen()) this.#invalidate();
    });
    this.extend(options.epoch);
  }

  get isSynced(): boolean {
    return this.#chain.every((replica) => replica.isSynced || replica.isGone);
  }

  /** Opens the document of `epoch` too, when it is a newer one. */
  extend(epoch: number): void {
    const document = documentId(this.id, epoch);
    if (this.#chain.some((replica) => replica.document === document)) return;
    this.#chain.push(
      new Replica({ ...this.#options, document, settled: () => this.#settled(), onChange: () => this.#invalidate() }),
    );
  }

  /** Somebody asks for it: should this person have been let in again, it is synced again. */
  revive(): void {
    for (const replica of this.#chain) replica.revive();
  }

  /** Something outside has changed: members, or whether there is a network. */
  refresh(): void {
    this.#invalidate();
  }

  async send(text: string, re?: MessageId, repeats?: FailedRecord): Promise<void> {
    const { device } = this.#options;
    const at = device.clock.now();
    if (text.length > MAX_SENT_CHARACTERS)
      return this.#park({ text, at, kind: 'too-long', ...(re && { re }), ...(repeats && { key: repeats.key }) });
    const make = (id: MessageId) => ({ element: { id, from: device.me, at, text, ...(re && { re }) } });
    const isTaken = await this.#newest().append(make, repeats);
    if (!isTaken && !repeats) await this.#park({ text, at, ...(re && { re }) });
  }

  async edit(id: MessageId, text: string, repeats?: FailedRecord): Promise<void> {
    const { device } = this.#options;
    const at = device.clock.now();
    const target = this.#settled().get(id);
    const before = target && !isDeleted(target) ? target.editedAt : undefined;
    const element = { edit: id, from: device.me, at, text };
    const make = () => ({ element, ...(before !== undefined && { editedAtBefore: before }) });
    const isTaken = await this.#holder(id).append(make, repeats);
    if (!isTaken && !repeats) await this.#park({ text, at, edit: id });
  }

  async delete(id: MessageId): Promise<void> {
    const { device } = this.#options;
    await this.#holder(id).append(() => ({ element: { del: id, from: device.me, at: device.clock.now() } }));
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
    const others = ids.filter((id) => this.#rows.get(id)?.own === false);
    for (const replica of this.#chain) {
      const here = others.filter((id) => this.#holder(id) === replica);
      if (here.length > 0) replica.receipt?.shown(here);
    }
    if (others.length > 0) this.#invalidate();
  }

  readBy(id: MessageId): readonly UserId[] {
    const { copy } = this.#holder(id);
    if (!copy) return [];
    return this.#others().filter((user) => covers(copy.receiptOf(user).r, id));
  }

  [Symbol.dispose](): void {
    this.#stopListening();
    this.#invalidate[Symbol.dispose]();
    for (const replica of this.#chain) replica[Symbol.dispose]();
  }

  #others(): UserId[] {
    return this.#options.members().filter((user) => user !== this.#options.device.me);
  }

  /** Keeps a text as failed that is not even sent. */
  #park(text: Pick<FailedRecord, 'text' | 'at'> & Partial<FailedRecord>): Promise<void> {
    const key = `${text.at}-${crypto.getRandomValues(new Uint32Array(1))}`;
    return this.#options.device.outbox.park({ conversation: this.id, key, kind: 'not-member', ...text });
  }

  #newest(): Replica {
    return this.#chain.at(-1) as Replica;
  }

  /** The replica whose document holds the message; the newest for one that is in none yet. */
  #holder(id: MessageId): Replica {
    if (this.#chain.length === 1) return this.#newest();
    const holds = (replica: Replica) => replica.elements().some((element) => isMessage(element) && element.id === id);
    return this.#chain.find(holds) ?? this.#newest();
  }

  #failed(key: string): FailedRecord | undefined {
    return this.#options.device.outbox.failedOf(this.id).find((failed) => failed.key === key);
  }

  /** Messages as the server settled them, without markers that still wait. */
  #settled(): ReadonlyMap<MessageId, Message> {
    const elements = this.#chain.flatMap((replica) => replica.copy?.elements() ?? []);
    const isSettled = (element: Element) => !isEdit(element) && !isDelete(element);
    return new Map(foldTimeline(elements.filter(isSettled)).map((message) => [message.id, message]));
  }

  /** What waits here: the outbox of all conversations changes far more often. */
  #outbox(): readonly OutboxRecord[] {
    return this.#chain.flatMap((replica) => this.#options.device.outbox.of(replica.document));
  }

  #isOutboxSeen(): boolean {
    const failed = this.#options.device.outbox.failedOf(this.id);
    return isSameList(this.#outbox(), this.#waiting) && isSameList(failed, this.view.get().failed);
  }

  /** Most changes are receipts: they do not touch the messages, and most of them not the rows either. */
  #look(): LocalView {
    const waiting = this.#outbox();
    if (!isSameList(waiting, this.#waiting)) this.#waiting = waiting;
    const former = this.view.get();
    const failedNow = this.#options.device.outbox.failedOf(this.id);
    const failed = isSameList(failedNow, former.failed) ? former.failed : failedNow;
    const parts = this.#chain.map((replica) => replica.elements());
    const rows = this.#makeRows(this.#fold(...parts), this.#waiting, failed, this.#reach(this.#ownWriters(...parts)));
    const read = this.#read();
    const unread = this.#countUnread(rows, read);
    return { state: this.#state(rows.length + failed.length), rows, failed, read, unread, isSynced: this.isSynced };
  }

  readonly #fold = rememberLast((...parts: readonly (readonly Element[])[]) => foldTimeline(parts.flat()));

  readonly #ownWriters = rememberLast((...parts: readonly (readonly Element[])[]) => {
    const { me } = this.#options.device;
    const own = parts.flat().filter((element) => element.from === me && isMessage(element)) as Message[];
    return new Set(own.map((message) => writerOf(message.id)));
  });

  readonly #makeRows = rememberLast(
    (
      messages: readonly Message[],
      waiting: readonly OutboxRecord[],
      failed: readonly FailedRecord[],
      reached: Reached,
    ): readonly TimelineRow[] => {
      const delivery = (id: MessageId, isWaiting: boolean) => deliveryOf(id, reached, isWaiting);
      const { me } = this.#options.device;
      const epochOf = () => this.#chain.length - 1;
      this.#rows = makeRows({ me, messages, waiting, failed, delivery, epochOf, previous: this.#rows });
      return [...this.#rows.values()];
    },
  );

  readonly #countUnread = rememberLast(
    (rows: readonly TimelineRow[], read: ReceiptVector) => rows.filter((row) => isUnread(row, read)).length,
  );

  /** How far own messages have come in each document, kept with it; all documents together, as no writer writes in two. */
  #reach(writers: ReadonlySet<string>): Reached {
    const others = this.#others();
    return this.#chain.reduce<Reached>((all, replica) => {
      const receipts = others.map((user) => replica.copy?.receiptOf(user) ?? NO_RECEIPT);
      const reached = reach(replica.record.reached, receipts, writers);
      if (reached !== replica.record.reached) void replica.reach(reached);
      if (this.#chain.length === 1) return reached;
      return { d: union(all.d, reached.d), r: union(all.r, reached.r) };
    }, NO_RECEIPT);
  }

  #state(entries: number): LocalView['state'] {
    if (this.#chain.some((replica) => !replica.copy)) return 'loading';
    if (entries > 0 || this.#chain.some((replica) => replica.record.wasSynced)) return 'ready';
    return this.#options.isOffline() || this.#chain.every((replica) => replica.isGone) ? 'absent' : 'loading';
  }

  #read(): ReceiptVector {
    return this.#chain.map(({ receipt }) => receipt?.read ?? NOWHERE).reduce(union);
  }
}
