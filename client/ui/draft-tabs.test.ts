/**
 * Drafts in several tabs of one browser, simulated: a tab learns late, and by two ways that do not wait for each other, what another
 * one has stored and what it has shared. Whoever has sent a text must not find it in the field again.
 * `SIMULATION_SEED=17` runs one alone.
 */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { DraftValue } from '../../schema/document/account.ts';
import type { ConversationId, UserId } from '../../schema/ids.ts';
import { Chance } from '../../server/simulation/chance.ts';
import { NOTHING_SHARED } from '../conversation/conversation.ts';
import { createDrafts, type Drafts } from './drafts.ts';
import { createSource } from './observed.ts';
import { shareDrafts } from './shared-drafts.ts';

const SEEDS = process.env.SIMULATION_SEED
  ? [Number(process.env.SIMULATION_SEED)]
  : Array.from({ length: 300 }, (_, index) => index + 1);

const C = 'c' as ConversationId;
/** A busy machine: processes wait for each other that long. */
const MAX_DELAY_MS = 400;
const MAX_PAUSE_MS = 2_500;
const SETTLED_MS = 120_000;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** Delivers later, in order. */
function createLine(chance: Chance): (deliver: () => void) => void {
  let last = 0;
  return (deliver) => {
    last = Math.max(last, performance.now() + chance.below(MAX_DELAY_MS));
    setTimeout(deliver, last - performance.now());
  };
}

interface Shared {
  readonly clock: number;
  readonly by: number;
  readonly value: DraftValue | undefined;
}

class Tab {
  readonly drafts: Drafts;
  readonly values = createSource({ ...NOTHING_SHARED, isComplete: true });
  readonly fromStorage: (deliver: () => void) => void;
  readonly fromTabs: (deliver: () => void) => void;
  readonly #number: number;
  readonly #browser: Browser;
  readonly #items = new Map<string, string>();
  /** Writes of this tab that the browser has not confirmed: until then those of others are told of, and not read. */
  readonly #unconfirmed = new Map<string, number>();
  #shared: Shared = { clock: 0, by: 0, value: undefined };
  #onStorage: (event: StorageEvent) => void = () => undefined;

  constructor(number: number, browser: Browser) {
    this.#number = number;
    this.#browser = browser;
    this.fromStorage = createLine(browser.chance);
    this.fromTabs = createLine(browser.chance);
    const storage = {
      getItem: (key: string) => this.#items.get(key) ?? null,
      setItem: (key: string, value: string) => this.#store(key, value),
      removeItem: (key: string) => this.#store(key, undefined),
    };
    // Its keys are found as an object's own properties.
    const asStorage = new Proxy(storage, {
      ownKeys: () => [...this.#items.keys()],
      getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true }),
    }) as unknown as Storage;
    this.drafts = createDrafts({ user: 'ana' as UserId, storage: asStorage });
    vi.stubGlobal('addEventListener', (_: string, listener: (event: StorageEvent) => void) => {
      this.#onStorage = listener;
    });
    this.drafts.subscribe(() => undefined);
    vi.stubGlobal('addEventListener', undefined);
    shareDrafts({ drafts: this.drafts, account: { values: this.values, setDraft: (_, draft) => this.#share(draft) } });
  }

  get text(): string {
    return this.drafts.get(C).text;
  }

  get stored(): readonly string[] {
    return [...this.#items.values()];
  }

  get shared(): string | undefined {
    return this.#shared.value?.text;
  }

  confirm(key: string): void {
    this.#unconfirmed.set(key, (this.#unconfirmed.get(key) ?? 0) - 1);
  }

  storedElsewhere(key: string, value: string | undefined): void {
    if ((this.#unconfirmed.get(key) ?? 0) === 0) this.#put(key, value);
    this.#onStorage({ key, newValue: value ?? null } as StorageEvent);
  }

  sharedElsewhere(shared: Shared): void {
    const mine = this.#shared;
    if (shared.clock < mine.clock || (shared.clock === mine.clock && shared.by < mine.by)) return;
    this.#shared = shared;
    this.values.set({ ...this.values.get(), drafts: new Map(shared.value ? [[C, shared.value]] : []) });
  }

  #put(key: string, value: string | undefined): void {
    if (value === undefined) this.#items.delete(key);
    else this.#items.set(key, value);
  }

  #store(key: string, value: string | undefined): void {
    this.#put(key, value);
    this.#unconfirmed.set(key, (this.#unconfirmed.get(key) ?? 0) + 1);
    this.#browser.store(this, key, value);
  }

  async #share(value: DraftValue | undefined): Promise<boolean> {
    const shared = { clock: this.#shared.clock + 1, by: this.#number, value };
    this.sharedElsewhere(shared);
    this.#browser.share(this, shared);
    await new Promise((resolve) => setTimeout(resolve, this.#browser.chance.below(MAX_DELAY_MS)));
    return true;
  }
}

class Browser {
  readonly chance: Chance;
  readonly tabs: readonly Tab[];
  readonly #toStorage = new Map<Tab, (deliver: () => void) => void>();

  constructor(seed: number) {
    this.chance = new Chance(seed);
    this.tabs = Array.from({ length: 2 + this.chance.below(3) }, (_, number) => new Tab(number, this));
    for (const tab of this.tabs) this.#toStorage.set(tab, createLine(this.chance));
  }

  /** In the order in which the browser gets them, all tabs learn of all writes. */
  store(by: Tab, key: string, value: string | undefined): void {
    this.#toStorage.get(by)?.(() => {
      for (const tab of this.tabs)
        tab.fromStorage(() => (tab === by ? tab.confirm(key) : tab.storedElsewhere(key, value)));
    });
  }

  share(by: Tab, shared: Shared): void {
    for (const tab of this.tabs) if (tab !== by) tab.fromTabs(() => tab.sharedElsewhere(shared));
  }
}

test.each(SEEDS)('seed %i: what was typed stays until it is sent, and does not come back in any tab', async (seed) => {
  const { chance, tabs } = new Browser(seed);
  const wait = () => vi.advanceTimersByTimeAsync(1 + chance.below(MAX_PAUSE_MS));
  for (let message = 0; message < 5; message++) {
    const tab = tabs[chance.below(tabs.length)] as Tab;
    let typed = `message ${message}`;
    for (let words = chance.below(3); words >= 0; words--) {
      typed += ', and more';
      tab.drafts.set(C, { text: typed });
      await wait();
    }
    expect(tab.text).toBe(typed);
    tab.drafts.set(C, { text: '' });
    await wait();
  }
  await vi.advanceTimersByTimeAsync(SETTLED_MS);
  expect(tabs.map(({ text, shared }) => text || shared)).toEqual(tabs.map(() => undefined));
});

test('what is removed with the account is not written back by a tab that has it in its field', async () => {
  const { tabs } = new Browser(1);
  const [one, other] = tabs as [Tab, Tab];
  one.drafts.set(C, { text: 'half a thought' });
  await vi.advanceTimersByTimeAsync(SETTLED_MS);
  expect(other.stored).toHaveLength(1);
  other.drafts.clear();
  await vi.advanceTimersByTimeAsync(MAX_DELAY_MS * 5);
  expect(tabs.flatMap(({ stored }) => stored)).toEqual([]);
});

test('[P3] what is typed counts also in a tab of an earlier version, and after the clock was set back', async () => {
  const { tabs } = new Browser(1);
  const [one, other] = tabs as [Tab, Tab];
  one.drafts.set(C, { text: 'half' });
  await vi.advanceTimersByTimeAsync(SETTLED_MS);
  // As it was stored before a draft said when it was typed.
  one.storedElsewhere(`tidewire.draft.ana.${C}`, JSON.stringify({ text: 'half a th' }));
  expect(one.text).toBe('half a th');
  one.drafts.set(C, { text: 'half a thou' });
  await vi.advanceTimersByTimeAsync(SETTLED_MS);
  vi.setSystemTime(Date.now() - 3_600_000);
  other.drafts.set(C, { text: 'half a thought' });
  await vi.advanceTimersByTimeAsync(SETTLED_MS);
  expect([one.text, other.text]).toEqual(['half a thought', 'half a thought']);
});
