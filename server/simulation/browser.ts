/** A simulated browser: what survives a reload, and the pages that share it. */
import type { UserId } from '../../schema/ids.ts';
import type { Ledger } from './ledger.ts';
import { Outbox } from './outbox.ts';
import { type Home, Tab, type TabMessage } from './tab.ts';

export interface BrowserOptions {
  readonly name: string;
  readonly user: UserId;
  readonly skewMs: number;
  readonly ledger: Ledger;
  /** Whether messages and receipts have one writer, as in a stock client, and the store never loses its tail. */
  readonly isSimple: boolean;
  readonly now: () => number;
  readonly draw: () => number;
}

export class Browser implements Home {
  readonly name: string;
  readonly user: UserId;
  readonly ledger: Ledger;
  readonly isSimple: boolean;
  readonly draw: () => number;
  readonly outbox: Outbox;
  store: Uint8Array[] = [];
  readonly tabs: Tab[] = [];
  isOnline = true;
  /** The server said that this person is no member. */
  isGone = false;
  incarnation = 0;
  readonly #now: () => number;
  #opened = 0;

  constructor({ name, user, skewMs, ledger, isSimple, now, draw }: BrowserOptions) {
    this.name = name;
    this.user = user;
    this.ledger = ledger;
    this.isSimple = isSimple;
    this.draw = draw;
    this.outbox = new Outbox(ledger);
    // No clock of a device shows a time before 1970.
    this.#now = () => Math.max(0, now() + skewMs);
  }

  /** The device's clock. */
  now(): number {
    return this.#now();
  }

  openTab(): Tab {
    const tab = new Tab(this, `${this.name}.${this.#opened++}`);
    this.tabs.push(tab);
    tab.load();
    return tab;
  }

  closeTab(tab: Tab): void {
    tab.close();
    this.tabs.splice(this.tabs.indexOf(tab), 1);
  }

  /** All pages are gone at once, and with them the last writes to the store. */
  crash(lostWrites: number): void {
    for (const tab of [...this.tabs]) this.closeTab(tab);
    if (lostWrites > 0 && !this.isSimple) this.store = this.store.slice(0, -lostWrites);
  }

  /** As y-indexeddb does when it merges: the page reads all that is stored and replaces it by what it then has. */
  mergeStore(): void {
    const [tab] = this.tabs;
    if (tab) this.store = [tab.merged(this.store)];
  }

  /** The copy of the document fits nowhere any more; what is in the outbox waits for the next one to tell what became of it. */
  denied(): void {
    this.isGone = true;
    this.dropCopy();
  }

  /** As after a restore of the document: what was not sent then needs an excuse no more for having failed. */
  dropCopy(): void {
    for (const { id } of this.outbox.records) this.ledger.excuse(id);
    this.incarnation++;
    this.store = [];
    const tabs = this.tabs.length;
    for (const tab of [...this.tabs]) this.closeTab(tab);
    for (let n = 0; n < tabs; n++) this.openTab();
  }

  /** Tells all other tabs. */
  post(from: Tab, message: TabMessage): void {
    for (const tab of this.tabs) if (tab !== from) tab.heard.push(message);
  }
}
