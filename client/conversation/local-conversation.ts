/**
 * One conversation on this device: a chain of documents, shown as one timeline. Shared by everything that shows the
 * conversation; it lives as long as the session. It never shows a state that a reload would take back.
 */
import { type ConversationId, documentId, type MessageId, type UserId } from '../../schema/ids.ts';
import { Chain } from './chain.ts';
import { ChainView, type LocalView, NOTHING_KNOWN } from './chain-view.ts';
import { coalesce } from './coalesce.ts';
import type { Jumped, JumpTarget, Quoted } from './conversation.ts';
import type { Gone } from './deletions.ts';
import { Jumps } from './jumps.ts';
import { Quotes, quotedAs } from './quotes.ts';
import { isSameList } from './remember-last.ts';
import { Replica, type ReplicaOptions } from './replica.ts';
import { Source } from './source.ts';
import { Strays } from './strays.ts';
import { type Locator, Whereabouts } from './whereabouts.ts';
import { Writing } from './writing.ts';

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

export class LocalConversation implements Disposable {
  readonly id: ConversationId;
  readonly view = new Source<LocalView>(NOTHING_KNOWN);
  readonly writing: Writing;
  readonly #options: LocalConversationOptions;
  readonly #chain: Chain;
  readonly #look: ChainView;
  readonly #whereabouts: Whereabouts;
  readonly #quotes: Quotes;
  readonly #jumps: Jumps;
  readonly #strays: Strays;
  readonly #invalidate: (() => void) & Disposable;
  readonly #stopListening: () => void;
  #screens = 0;
  /** What was known of the reading when it was looked at last. */
  #reading: readonly unknown[] = [];

  constructor(options: LocalConversationOptions) {
    const { id, epoch, device, locator, isOffline, members, reading, gone, hidden } = options;
    const { connection, random } = options;
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
    const look = new ChainView({ id, device, chain, quotes, members, isOffline, isHiding, gone, hidden });
    this.#look = look;
    const strays = new Strays({ clock: device.clock, connection, random, chain, locator, whereabouts });
    this.#strays = strays;
    this.writing = new Writing({ id, device, chain, look, whereabouts, settled: () => strays.settled() });
    this.#jumps = new Jumps({ device, chain, look, whereabouts, view: this.view, show: () => this.#show() });
    const stops = [
      device.outbox.contents.subscribe(() => {
        if (!look.isOutboxSeen()) chain.changed();
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

  jump(target: JumpTarget): Promise<Jumped> {
    return this.#jumps.to(target);
  }

  async lookUp(id: MessageId): Promise<Quoted> {
    if (this.#look.isHidden(id)) return 'hidden';
    return this.#look.row(id)?.message ?? quotedAs(await this.#whereabouts.find(id));
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
      settled: () => this.#strays.settled(),
      seek: (id) => this.#strays.seek(id),
      redirect: (record) => this.#strays.redirect(record),
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
}
