/**
 * A conversation that lives in memory, for showing and testing the user interface without a server: what is sent
 * appears, others' messages are received by a call, and storing can be made to fail. Never part of the app.
 */
import { isDeleted, type LiveMessage, type Message } from '../../../schema/document/message.ts';
import { type ConversationId, type MessageId, messageId, type UserId } from '../../../schema/ids.ts';
import type {
  Conversation,
  Delivery,
  FailedText,
  Jumped,
  JumpTarget,
  StorageFailure,
  Timeline,
  TimelineRow,
} from '../../conversation/conversation.ts';
import { createSource, type Source } from '../observed.ts';

export class MemoryConversation implements Conversation {
  readonly id: ConversationId;
  readonly timeline: Source<Timeline>;
  /** Set to make every intention fail. */
  failure: StorageFailure | undefined;
  readonly shownIds: MessageId[] = [];
  readonly #me: UserId;
  readonly #readers: readonly UserId[];
  #clock = 100_000;

  constructor({
    id,
    me,
    timeline,
    readers = [],
  }: {
    id: ConversationId;
    me: UserId;
    timeline: Omit<Timeline, 'older' | 'newer'>;
    readers?: readonly UserId[];
  }) {
    this.id = id;
    this.#me = me;
    this.#readers = readers;
    this.timeline = createSource<Timeline>({ ...timeline, older: 'none', newer: 'none' });
  }

  async send(text: string): Promise<void> {
    this.#requireStorage();
    this.#append({ from: this.#me, text }, 'sent');
  }

  async edit(id: MessageId, text: string): Promise<void> {
    this.#requireStorage();
    this.#change(id, (message) => ({ ...(message as LiveMessage), text, editedAt: Date.now() }));
  }

  async delete(id: MessageId): Promise<void> {
    this.#requireStorage();
    this.#change(id, ({ from, at }) => ({ id, from, at, deletedAt: Date.now(), by: this.#me }));
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

  async loadOlder(): Promise<void> {
    // All of it is here.
  }

  async loadNewer(): Promise<void> {
    // All of it is here.
  }

  async jump(target: JumpTarget): Promise<Jumped> {
    const { rows, firstUnread } = this.timeline.get();
    if (typeof target === 'object' && 'message' in target) {
      const isHere = rows.some((row) => row.message.id === target.message);
      return isHere ? { ok: true, row: target.message } : { ok: false, why: 'unknown' };
    }
    const byDate = typeof target === 'object' ? rows.find((row) => row.message.at >= target.date) : undefined;
    const last = rows.at(-1)?.message.id;
    const row = byDate?.message.id ?? (target === 'first-unread' ? firstUnread : undefined) ?? last;
    return { ok: true, ...(row && { row }) };
  }

  /** Somebody else writes. */
  receive(from: string, text: string): void {
    this.#append({ from: from as UserId, text });
  }

  [Symbol.dispose](): void {
    // The fixture shows the same conversation again, as a local store would.
  }

  #requireStorage(): void {
    if (this.failure) throw this.failure;
  }

  #append({ from, text }: { from: UserId; text: string }, delivery?: Delivery): void {
    const values = this.timeline.get();
    const message: Message = { id: messageId(1, this.#clock++), from, at: Date.now(), text };
    const row: TimelineRow = {
      message,
      epoch: 0,
      own: from === this.#me,
      pending: false,
      ...(delivery && { delivery }),
    };
    const unread = from === this.#me ? values.unread : values.unread + 1;
    this.timeline.set({ ...values, state: 'ready', rows: [...values.rows, row], unread });
  }

  #change(id: MessageId, change: (message: Message) => Message): void {
    const values = this.timeline.get();
    const rows = values.rows.map((row) =>
      row.message.id === id && !isDeleted(row.message) ? { ...row, message: change(row.message) } : row,
    );
    this.timeline.set({ ...values, rows });
  }

  #take(key: string): FailedText | undefined {
    const values = this.timeline.get();
    this.timeline.set({ ...values, failed: values.failed.filter((one) => one.key !== key) });
    return values.failed.find((one) => one.key === key);
  }
}
