/**
 * A conversation that lives in memory, for showing and testing the user interface without a server: what is sent
 * appears, others' messages are received by a call, and storing can be made to fail. Never part of the app.
 */
import type { MessageFile } from '../../../schema/document/files.ts';
import { isDeleted, type LiveMessage, type Message } from '../../../schema/document/message.ts';
import { countReactions, toggled } from '../../../schema/document/reactions.ts';
import { type ConversationId, type MessageId, messageId, type UserId } from '../../../schema/ids.ts';
import type { OutgoingFile } from '../../conversation/attachments.ts';
import type {
  Conversation,
  Delivery,
  FailedText,
  Jumped,
  JumpTarget,
  Quoted,
  StorageFailure,
  Timeline,
  TimelineRow,
} from '../../conversation/conversation.ts';
import type { Gone } from '../../conversation/deletions.ts';
import { createSource, type Source } from '../observed.ts';
import { MemoryPages } from './memory-pages.ts';

export class MemoryConversation implements Conversation {
  readonly id: ConversationId;
  readonly timeline: Source<Timeline>;
  /** Set to make every intention fail. */
  failure: StorageFailure | undefined;
  readonly shownIds: MessageId[] = [];
  readonly #me: UserId;
  readonly #readers: readonly UserId[];
  readonly #pages: MemoryPages;
  /** What is shown as deleted and can come back. */
  readonly #hidden = new Set<MessageId>();
  readonly #veiled = new Map<MessageId, Message>();
  #clock = 100_000;

  constructor({
    id,
    me,
    timeline,
    readers = [],
    pageSize = Number.POSITIVE_INFINITY,
  }: {
    id: ConversationId;
    me: UserId;
    timeline: Omit<Timeline, 'older' | 'newer'>;
    readers?: readonly UserId[];
    /** Rows that come and go together; without it all are there. */
    pageSize?: number;
  }) {
    this.id = id;
    this.#me = me;
    this.#readers = readers;
    this.#pages = new MemoryPages(timeline.rows, pageSize);
    this.timeline = createSource<Timeline>({ ...timeline, ...this.#pages.shown });
  }

  async send(text: string, re?: MessageId): Promise<void> {
    this.#requireStorage();
    this.#append({ from: this.#me, text, ...(re && { re }) }, 'sent');
  }

  async sendFiles(text: string, files: readonly OutgoingFile[]): Promise<void> {
    this.#requireStorage();
    const { unsent = [], ...values } = this.timeline.get();
    const waiting = { key: `${unsent.length}`, text, at: Date.now(), files: files.map(({ blob: _, ...file }) => file) };
    this.timeline.set({ ...values, state: 'ready', unsent: [...unsent, waiting] });
  }

  async retryFiles(): Promise<void> {
    // Nothing is uploaded here.
  }

  async discardFiles(key: string): Promise<void> {
    const values = this.timeline.get();
    this.timeline.set({ ...values, unsent: values.unsent?.filter((one) => one.key !== key) ?? [] });
  }

  async edit(id: MessageId, text: string): Promise<void> {
    this.#requireStorage();
    this.#change(id, (message) => ({ ...(message as LiveMessage), text, editedAt: Date.now() }));
  }

  async delete(id: MessageId): Promise<void> {
    this.#requireStorage();
    this.#veiled.delete(id);
    this.#bury(id);
  }

  hide(ids: readonly MessageId[]): void {
    this.#requireStorage();
    for (const id of ids) this.#hidden.add(id);
  }

  /** Shows these as deleted, and what was shown so until now as it is. */
  veil({ markers, hidden }: Gone): void {
    this.#pages.hide(new Set([...this.#hidden, ...hidden]));
    this.#showPages();
    const wanted = new Set(markers.map(({ del }) => del));
    for (const [id, message] of this.#veiled) {
      if (wanted.has(id)) continue;
      this.#veiled.delete(id);
      this.#change(id, () => message);
    }
    for (const id of wanted) {
      const message = this.#find(id);
      if (!message || isDeleted(message)) continue;
      this.#veiled.set(id, message);
      this.#bury(id);
    }
  }

  async react(id: MessageId, emoji: string): Promise<void> {
    this.reactAs(this.#me, id, emoji);
  }

  /** Somebody gives the emoji or takes it back. */
  reactAs(user: UserId, id: MessageId, emoji: string): void {
    this.#pages.change((row) => {
      if (row.message.id !== id) return row;
      const { reactions: former = [], ...rest } = row;
      const given = new Map<UserId, readonly string[]>();
      for (const { emoji: each, users } of former)
        for (const one of users) given.set(one, [...(given.get(one) ?? []), each]);
      const reactions = countReactions(given.set(user, toggled(given.get(user) ?? [], emoji)));
      return reactions.length > 0 ? { ...rest, reactions } : rest;
    });
    this.#showPages();
  }

  async retry(key: string, text?: string): Promise<void> {
    const failed = this.#take(key);
    if (failed) await this.send(text ?? failed.text);
  }

  async discard(key: string): Promise<void> {
    this.#take(key);
  }

  shown(ids: readonly MessageId[]): void {
    this.shownIds.push(...ids);
    const { unread, ...rest } = this.timeline.get();
    this.timeline.set({ ...rest, unread: Math.max(0, unread - ids.length) });
  }

  readBy(): readonly UserId[] {
    return this.#readers;
  }

  async lookUp(id: MessageId): Promise<Quoted> {
    return this.#find(id) ?? 'absent';
  }

  async loadOlder(): Promise<void> {
    await this.#load('older');
  }

  async loadNewer(): Promise<void> {
    await this.#load('newer');
  }

  async jump(target: JumpTarget): Promise<Jumped> {
    const rows = this.#pages.all;
    const { firstUnread } = this.timeline.get();
    const isWanted = ({ message }: TimelineRow): boolean => {
      if (target === 'latest') return false;
      if (target === 'first-unread') return message.id === firstUnread;
      return 'date' in target ? message.at >= target.date : message.id === target.message;
    };
    const isMessage = typeof target === 'object' && 'message' in target;
    const found = rows.find(isWanted) ?? (isMessage ? undefined : rows.at(-1));
    if (!found) return isMessage ? { ok: false, why: 'unknown' } : { ok: true };
    this.#pages.show(found.epoch);
    this.#showPages();
    return { ok: true, row: found.message.id };
  }

  /** The message there has had a picture all the time. */
  illustrate(index: number, name: string): void {
    const file = {
      id: name,
      name,
      type: 'image/png',
      size: 70_000,
      width: 1200,
      height: 900,
    } as unknown as MessageFile;
    this.#change(this.#pages.all[index]?.message.id as MessageId, (message) => ({
      ...(message as LiveMessage),
      files: [file],
    }));
  }

  idAt(index: number): MessageId | undefined {
    return this.#pages.all[index]?.message.id;
  }

  /** Somebody else writes. */
  receive(from: string, text: string): void {
    this.#append({ from: from as UserId, text });
  }

  typing(): void {
    // Nobody else is there.
  }

  [Symbol.dispose](): void {
    // The fixture shows the same conversation again, as a local store would.
  }

  #requireStorage(): void {
    if (this.failure) throw this.failure;
  }

  #find(id: MessageId): Message | undefined {
    return this.#pages.all.find(({ message }) => message.id === id)?.message;
  }

  #append({ from, text, re }: { from: UserId; text: string; re?: MessageId }, delivery?: Delivery): void {
    const values = this.timeline.get();
    const message: Message = { id: messageId(1, this.#clock++), from, at: Date.now(), text, ...(re && { re }) };
    const row: TimelineRow = {
      message,
      epoch: 0,
      own: from === this.#me,
      pending: false,
      ...(delivery && { delivery }),
      ...(re && { quoted: this.#find(re) ?? 'absent' }),
    };
    const unread = from === this.#me ? values.unread : values.unread + 1;
    this.#pages.append(row);
    this.timeline.set({ ...values, state: 'ready', ...this.#pages.shown, unread });
  }

  async #load(edge: 'older' | 'newer'): Promise<void> {
    const values = this.timeline.get();
    if (values[edge] !== 'more') return;
    this.timeline.set({ ...values, [edge]: 'loading' });
    // As long as a local store takes.
    await new Promise((resolve) => setTimeout(resolve, 40));
    if (edge === 'older') this.#pages.loadOlder();
    else this.#pages.loadNewer();
    this.#showPages();
  }

  #showPages(): void {
    this.timeline.set({ ...this.timeline.get(), ...this.#pages.shown });
  }

  #change(id: MessageId, change: (message: Message) => Message): void {
    const values = this.timeline.get();
    this.#pages.change((row) => (row.message.id === id ? { ...row, message: change(row.message) } : row));
    this.timeline.set({ ...values, ...this.#pages.shown });
  }

  #bury(id: MessageId): void {
    this.#change(id, ({ from, at }) => ({ id, from, at, deletedAt: Date.now(), by: this.#me }));
  }

  #take(key: string): FailedText | undefined {
    const values = this.timeline.get();
    this.timeline.set({ ...values, failed: values.failed.filter((one) => one.key !== key) });
    return values.failed.find((one) => one.key === key);
  }
}
