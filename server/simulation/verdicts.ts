/** What one page knows of the server's verdicts on what waits in the outbox. */
import * as Y from 'yjs';
import { type Element, isMessage, MESSAGES, type Message } from '../../schema/document/message.ts';
import type { Reaction } from '../../schema/document/reactions.ts';
import { foldTimeline } from '../../schema/document/timeline.ts';
import type { MessageId } from '../../schema/ids.ts';
import type { Outbox, OutboxRecord } from './outbox.ts';

export class Verdicts {
  readonly #doc: Y.Doc;
  readonly #outbox: Outbox;
  readonly #give: (reaction: Reaction) => void;
  /** Writer → the clock below which all is durable. */
  readonly #durable = new Map<number, number>();

  constructor(doc: Y.Doc, outbox: Outbox, give: (reaction: Reaction) => void) {
    this.#doc = doc;
    this.#outbox = outbox;
    this.#give = give;
  }

  acknowledged(writer: number, clock: number): void {
    this.#durable.set(writer, Math.max(clock, this.#durable.get(writer) ?? 0));
  }

  /**
   * What the server sends is durable. Nobody else may tell: not the page that wrote it, when it is closed; not the answer to
   * a vector in which the writer was missing, because a crash had lost its first writes.
   */
  sent(update: Uint8Array): void {
    for (const { id, length } of Y.decodeUpdate(update).structs) this.acknowledged(id.client, id.clock + length);
  }

  /** Only for a page that is synced: before, it may lack what took the place of a message. */
  decide(incarnation: number): void {
    this.#judge(
      (record) => record.incarnation === incarnation && record.clock < (this.#durable.get(record.writer) ?? 0),
    );
  }

  /** What belonged to a former copy: the fresh one, when it is synced for the first time, tells what became of it. */
  decideStrays(incarnation: number): void {
    this.#judge((record) => record.incarnation !== incarnation);
  }

  #judge(isJudged: (record: OutboxRecord) => boolean): void {
    this.#outbox.judge(isJudged, {
      has: ({ writer, clock }) => Y.getState(this.#doc.store, writer) > clock,
      settled: (id) => this.#settled(id),
      give: this.#give,
    });
  }

  /** The message as settled, without markers that still wait. */
  #settled(id: MessageId): Message | undefined {
    const elements = this.#doc.getArray<Element>(MESSAGES).toArray();
    return foldTimeline(elements.filter(isMessage)).find((message) => message.id === id);
  }
}
