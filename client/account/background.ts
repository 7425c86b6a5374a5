/**
 * Which conversations are kept open without anybody looking: the recent ones, so that history is here before it is asked for
 * and delivery is reported, and those with something to send. They are opened a few at a time, after what somebody waits for.
 */
import { type ConversationId, parseDocumentId } from '../../schema/ids.ts';
import type { Clock } from '../connection/clock.ts';
import type { Outbox } from '../conversation/outbox.ts';
import type { ConversationList } from './conversation-list.ts';
import { activityAt } from './summaries.ts';

/** Documents kept open: more than anybody talks in at a time, and few enough to load and sync within a second or two. */
const MAX_RECENT = 50;
/** Loading a few at a time leaves the thread to the conversation that is being looked at. */
const OPEN_AT_ONCE = 5;
const OPEN_EVERY_MS = 50;
/** The app has begun and draws its first screen: on a slow phone fifty documents would delay that by seconds. */
const BEGIN_AFTER_MS = 200;
/** What is looked at may itself wait for a server that does not answer. */
const HOLD_AT_MOST_MS = 3_000;

export interface BackgroundOptions {
  readonly list: ConversationList;
  readonly outbox: Outbox;
  readonly clock: Clock;
  readonly isOpen: (id: ConversationId) => boolean;
  /** Somebody looks at a conversation that is not there yet. */
  readonly isAwaited: () => boolean;
  readonly open: (id: ConversationId) => void;
}

export class Background implements Disposable {
  readonly #options: BackgroundOptions;
  #cancel: (() => void) | undefined;
  #waitMs = BEGIN_AFTER_MS;
  #heldSince: number | undefined;

  constructor(options: BackgroundOptions) {
    this.#options = options;
  }

  /** Opens what is wanted and not open; to be called when the list or the outbox changed. */
  open(): void {
    if (this.#cancel || this.#wanted().length === 0) return;
    this.#cancel = this.#options.clock.after(this.#waitMs, () => {
      this.#cancel = undefined;
      this.#waitMs = OPEN_EVERY_MS;
      if (!this.#isHeld()) for (const id of this.#wanted().slice(0, OPEN_AT_ONCE)) this.#options.open(id);
      this.open();
    });
  }

  [Symbol.dispose](): void {
    this.#cancel?.();
  }

  #isHeld(): boolean {
    const { clock, isAwaited } = this.#options;
    if (!isAwaited()) this.#heldSince = undefined;
    else this.#heldSince ??= clock.now();
    return this.#heldSince !== undefined && clock.now() - this.#heldSince < HOLD_AT_MOST_MS;
  }

  #wanted(): ConversationId[] {
    const { list, outbox, isOpen } = this.#options;
    const recent = [...list.contents.get().records.values()]
      .sort((a, b) => activityAt(b, b) - activityAt(a, a))
      .slice(0, MAX_RECENT)
      .map((record) => record.item.id as ConversationId);
    const { records } = outbox.contents.get();
    const waiting = records.flatMap((record) => parseDocumentId(record.document)?.conversation ?? []);
    return [...new Set([...waiting, ...recent])].filter((id) => !isOpen(id));
  }
}
