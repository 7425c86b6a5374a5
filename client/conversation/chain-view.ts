/**
 * What is known of a conversation now, from the open documents of its chain and the outbox: the rows of the window, what
 * waits, and the unread count. Most changes are receipts; what they do not touch stays the same objects.
 */
import { type Element, isDeleted, isMessage, type Message } from '../../schema/document/message.ts';
import { mentions } from '../../schema/document/plain-text.ts';
import { foldTimeline } from '../../schema/document/timeline.ts';
import { type ConversationId, type MessageId, parseDocumentId, type UserId } from '../../schema/ids.ts';
import { type FailedRecord, isReaction, type OutboxRecord, type UnsentRecord } from '../storage/records.ts';
import type { Chain, Opened } from './chain.ts';
import { ChainReceipts } from './chain-receipts.ts';
import type { Edge, Quoted, TimelineRow } from './conversation.ts';
import type { Gone } from './deletions.ts';
import { deliveryOf, type Reached } from './delivery.ts';
import { type Given, NOTHING_GIVEN } from './given-reactions.ts';
import type { Device } from './local-copy.ts';
import type { Quotes } from './quotes.ts';
import { isSameList, rememberLast } from './remember-last.ts';
import { makeRows, type Rows } from './rows.ts';

/** `isSynced`: nothing newer was on the server when the connection was made. */
export interface LocalView {
  readonly state: 'loading' | 'absent' | 'ready';
  readonly rows: readonly TimelineRow[];
  readonly older: Edge;
  readonly newer: Edge;
  /** The latest message of the conversation, shown or not. */
  readonly last: Pick<TimelineRow, 'message' | 'delivery'> | undefined;
  readonly failed: readonly FailedRecord[];
  readonly unsent: readonly UnsentRecord[];
  /** The first row that was not shown to this person. */
  readonly firstUnread: MessageId | undefined;
  readonly unread: number;
  /** One of them names this person. */
  readonly isMentioned: boolean;
  /** False while epochs that may hold more unread messages are not open. */
  readonly isUnreadExact: boolean;
  readonly isSynced: boolean;
}

export const NOTHING_KNOWN: LocalView = {
  state: 'loading',
  rows: [],
  older: 'none',
  newer: 'none',
  last: undefined,
  failed: [],
  unsent: [],
  firstUnread: undefined,
  unread: 0,
  isMentioned: false,
  isUnreadExact: false,
  isSynced: false,
};

/** One and the same, so that nothing is made again for it. */
const NO_QUOTES: ReadonlyMap<MessageId, Quoted> = new Map();

const NONE: readonly UnsentRecord[] = [];

export interface ChainViewOptions {
  readonly id: ConversationId;
  readonly device: Device;
  readonly chain: Chain;
  readonly quotes: Quotes;
  readonly members: () => readonly UserId[];
  readonly isOffline: () => boolean;
  /** This person does not say what they read, and is not told what others have read. */
  readonly isHiding: () => boolean;
  readonly gone: () => Gone;
  readonly hidden: () => ReadonlySet<MessageId>;
}

export class ChainView {
  readonly receipts: ChainReceipts;
  /** Hidden messages that have been deleted for everyone by now. */
  erased: readonly MessageId[] = [];
  readonly #options: ChainViewOptions;
  #rows: Rows = new Map();
  #wasHiding = false;
  #waiting: readonly OutboxRecord[] = [];
  #failed: readonly FailedRecord[] = [];
  /** Own messages that were shown at the end before their place was known. */
  readonly #moved = new Set<MessageId>();

  constructor(options: ChainViewOptions) {
    this.#options = options;
    this.receipts = new ChainReceipts({ me: options.device.me });
  }

  isHidden(id: MessageId): boolean {
    return this.#options.hidden().has(id) || this.#options.gone().hidden.has(id);
  }

  row(id: MessageId): TimelineRow | undefined {
    return this.#rows.get(id);
  }

  get others(): readonly UserId[] {
    return this.#options.members().filter((user) => user !== this.#options.device.me);
  }

  /** The outbox of all conversations changes far more often than what concerns this one. */
  isOutboxSeen(): boolean {
    const { outbox } = this.#options.device;
    return isSameList(this.#outbox(), this.#waiting) && isSameList(outbox.failedOf(this.#options.id), this.#failed);
  }

  look(): LocalView {
    const { chain, device, id, members, isHiding } = this.#options;
    const { opened } = chain;
    const waiting = this.#outbox();
    if (!isSameList(waiting, this.#waiting)) this.#waiting = waiting;
    const failed = device.outbox.failedOf(id);
    if (!isSameList(failed, this.#failed)) this.#failed = failed;
    this.receipts.learn(opened, members());
    const parts = opened.map(({ replica }) => replica.elements());
    const gone = this.#options.gone();
    const hidden = this.#options.hidden();
    const { messages, erased } = this.#fold(gone, hidden, ...parts);
    this.erased = erased;
    const epochs = this.#place(opened, ...parts);
    const shown = this.#show(messages, epochs, this.#waiting, chain.low, chain.high, chain.newest, chain.isFollowing);
    const reached = opened.map((one) => this.receipts.reach(one, this.others));
    const given = this.#given(...opened.map(({ replica }) => replica.copy?.reactions.get() ?? NOTHING_GIVEN));
    const isHere = chain.isBegun && opened.every(({ replica }) => replica.copy);
    const quoted = this.#quoted(shown, messages, this.#options.quotes.found, isHere);
    const rows = this.#makeRows(
      shown,
      epochs,
      this.#waiting,
      this.#failed,
      opened,
      isHiding(),
      quoted,
      given,
      ...reached,
    );
    const read = opened.map(({ replica }) => replica.receipt?.read);
    const { countsFrom } = this.receipts;
    const unread = this.#unread(messages, rows, epochs, opened, countsFrom, ...read);
    return {
      state: this.#state(rows.length, this.#failed.length + (device.unsent?.of(id).length ?? 0)),
      rows,
      older: chain.older,
      newer: chain.newer,
      last: chain.newer === 'none' ? rows.at(-1) : this.#last(messages, epochs, reached),
      failed: this.#failed,
      unsent: this.#unsent(device.unsent?.contents.get() ?? NONE, messages),
      ...unread,
      isUnreadExact: this.receipts.isComplete(opened),
      isSynced: opened.every(({ replica }) => replica.isSynced || replica.isGone),
    };
  }

  /** What stands among the messages does not wait any more. */
  readonly #unsent = rememberLast((waiting: readonly UnsentRecord[], messages: readonly Message[]) => {
    const own = waiting.filter(({ conversation }) => conversation === this.#options.id);
    if (own.length === 0) return NONE;
    const here = new Set(
      messages.flatMap((message) => ('files' in message ? (message.files ?? []) : [])).map(({ id }) => id),
    );
    return own.filter(({ files, failure }) => failure || !files[0]?.id || !here.has(files[0].id));
  });

  readonly #fold = rememberLast(
    (gone: Gone, hidden: ReadonlySet<MessageId>, ...parts: readonly (readonly Element[])[]) => {
      const all = foldTimeline([...parts, gone.markers].flat());
      if (gone.hidden.size + hidden.size === 0) return { messages: all, erased: [] };
      const messages = all.filter(({ id }) => !gone.hidden.has(id) && !hidden.has(id));
      return {
        messages,
        erased: all.flatMap((message) => (isDeleted(message) && hidden.has(message.id) ? [message.id] : [])),
      };
    },
  );

  /** Where each message stands; the later document for one that is being moved. */
  readonly #place = rememberLast((opened: readonly Opened[], ...parts: readonly (readonly Element[])[]) => {
    const epochs = new Map<MessageId, number>();
    parts.forEach((elements, index) => {
      const epoch = opened[index]?.epoch as number;
      for (const element of elements) if (isMessage(element)) epochs.set(element.id, epoch);
    });
    return epochs;
  });

  /**
   * The messages of the window. Own ones that wait for a closed epoch, or stand in no document because the server is moving
   * them, are shown at the end: that is where they will stand. There they stay until the window has reached their place.
   */
  readonly #show = rememberLast(
    (
      messages: readonly Message[],
      epochs: ReadonlyMap<MessageId, number>,
      waiting: readonly OutboxRecord[],
      low: number,
      high: number,
      newest: number,
      isFollowing: boolean,
    ): readonly Message[] => {
      const moving = new Map<MessageId, Message>();
      for (const { id, document, element } of waiting) {
        if (isReaction(element)) continue;
        const epoch = epochs.get(id) ?? parseDocumentId(document)?.epoch;
        const isInPlace = epochs.has(id) && epoch === newest && high === newest;
        if (isMessage(element) && !isInPlace) moving.set(id, element);
      }
      for (const id of moving.keys()) this.#moved.add(id);
      const shown: Message[] = [];
      for (const message of messages) {
        const epoch = epochs.get(message.id) as number;
        if (moving.has(message.id) || (epoch > high && this.#moved.has(message.id))) moving.set(message.id, message);
        else if (epoch >= low && epoch <= high) shown.push(message);
      }
      if (!isFollowing || moving.size === 0) return shown;
      return [...shown, ...[...moving.values()].sort((a, b) => a.at - b.at)];
    },
  );

  /** What the shown messages reply to; looked for elsewhere once it is certain not to be in an open document. */
  readonly #quoted = rememberLast(
    (
      shown: readonly Message[],
      messages: readonly Message[],
      found: ReadonlyMap<MessageId, Quoted>,
      isHere: boolean,
    ): ReadonlyMap<MessageId, Quoted> => {
      const missing = new Set<MessageId>();
      for (const message of shown) if ('re' in message && message.re !== undefined) missing.add(message.re);
      if (missing.size === 0) return NO_QUOTES;
      const quoted = new Map<MessageId, Quoted>();
      for (const message of messages) if (missing.delete(message.id)) quoted.set(message.id, message);
      for (const id of missing) {
        const isHidden = this.isHidden(id);
        quoted.set(id, isHidden ? 'hidden' : (found.get(id) ?? 'looking'));
        if (isHidden) missing.delete(id);
      }
      if (isHere) this.#options.quotes.want(missing);
      return quoted;
    },
  );

  readonly #given = rememberLast((...parts: readonly Given[]): Given => {
    const some = parts.filter((part) => part.size > 0);
    return some.length > 1 ? new Map(some.flatMap((part) => [...part])) : (some[0] ?? NOTHING_GIVEN);
  });

  readonly #makeRows = rememberLast(
    (
      messages: readonly Message[],
      epochs: ReadonlyMap<MessageId, number>,
      waiting: readonly OutboxRecord[],
      failed: readonly FailedRecord[],
      opened: readonly Opened[],
      isHiding: boolean,
      quoted: ReadonlyMap<MessageId, Quoted>,
      given: Given,
      ...reached: readonly Reached[]
    ): readonly TimelineRow[] => {
      const { chain, device } = this.#options;
      const byEpoch = new Map(opened.map(({ epoch }, index) => [epoch, reached[index] as Reached]));
      this.#rows = makeRows({
        me: device.me,
        messages,
        waiting,
        failed,
        delivery: (id, epoch, isWaiting) => deliveryOf(id, byEpoch.get(epoch) as Reached, { isWaiting, isHiding }),
        epochOf: (id) => epochs.get(id) ?? chain.newest,
        quoted,
        given,
        // What was "read" is not for ever when receipts are turned off.
        previous: isHiding === this.#wasHiding ? this.#rows : new Map(),
      });
      this.#wasHiding = isHiding;
      return [...this.#rows.values()];
    },
  );

  readonly #unread = rememberLast(
    (
      messages: readonly Message[],
      rows: readonly TimelineRow[],
      epochs: ReadonlyMap<MessageId, number>,
      opened: readonly Opened[],
      _countsFrom: number,
      ..._read: readonly unknown[]
    ): Pick<LocalView, 'unread' | 'firstUnread' | 'isMentioned'> => {
      const byEpoch = new Map(opened.map((one) => [one.epoch, one]));
      const isUnread = (message: Message) => {
        const one = byEpoch.get(epochs.get(message.id) ?? -1);
        return one !== undefined && this.receipts.isUnread(message, one);
      };
      const firstUnread = rows.find(({ message }) => isUnread(message))?.message.id;
      const unread = messages.filter(isUnread);
      const { me } = this.#options.device;
      const isMentioned = unread.some((message) => !isDeleted(message) && mentions(message.text, me));
      return { firstUnread, unread: unread.length, isMentioned };
    },
  );

  #last(
    messages: readonly Message[],
    epochs: ReadonlyMap<MessageId, number>,
    reached: readonly Reached[],
  ): LocalView['last'] {
    const { chain, device } = this.#options;
    const message = messages.at(-1);
    if (message?.from !== device.me) return message && { message };
    const far = reached[chain.opened.findIndex(({ epoch }) => epoch === epochs.get(message.id))] as Reached;
    const isWaiting = this.#waiting.some((record) => record.id === message.id);
    return { message, delivery: deliveryOf(message.id, far, { isWaiting, isHiding: this.#options.isHiding() }) };
  }

  #outbox(): readonly OutboxRecord[] {
    const { id, device } = this.#options;
    return device.outbox.contents
      .get()
      .records.filter((record) => parseDocumentId(record.document)?.conversation === id);
  }

  #state(rows: number, failed: number): LocalView['state'] {
    const { chain, isOffline } = this.#options;
    const shown = chain.opened.filter(({ epoch }) => epoch >= chain.low && epoch <= chain.high);
    if (!chain.isBegun || !shown.some(({ replica }) => replica.copy)) return 'loading';
    if (rows + failed > 0) return 'ready';
    const isKnown = shown.every(({ replica }) => replica.record.wasSynced);
    if (isKnown && chain.older === 'none' && chain.newer === 'none') return 'ready';
    const isGone = shown.every(({ replica }) => replica.isGone);
    return isOffline() || isGone ? 'absent' : 'loading';
  }
}
