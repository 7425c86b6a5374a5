/** The start of the signed-in app: on a device whose store is slow, or never answers, and what is opened by itself. */
import { afterEach, expect, test, vi } from 'vitest';
import { accountId, type ConversationId, type DocumentId, type MessageId, type UserId } from '../../schema/ids.ts';
import { TestClock, TestSocket } from '../connection/testing-link.ts';
import { Source } from '../conversation/source.ts';
import { until } from '../conversation/testing-device.ts';
import { AccountStore } from '../storage/account-store.ts';
import type { ConversationRecord, OutboxRecord } from '../storage/records.ts';
import { createHttp } from './http.ts';
import { LocalMessenger, SHARED_WITHIN_MS } from './messenger.ts';
import { OwnDevice } from './own-device.ts';
import { TestBrowser } from './testing-browser.ts';

const [TALK, HIDDEN] = ['talk' as ConversationId, '7-0' as MessageId];
const WAITING: OutboxRecord = {
  ...{ document: 'talk.0' as DocumentId, incarnation: 0, id: '7-0' as MessageId, writer: 7, clock: 0 },
  ...{ element: { id: '7-0' as MessageId, from: 'ana' as UserId, at: 1, text: 'hi' }, update: new Uint8Array([0, 0]) },
};
const TALKED: ConversationRecord = {
  item: { id: TALK, kind: 'group', title: 'Plans', epoch: 0, document: 'talk.0', members: [], unread: 0, erased: 0 },
  since: 1,
};
const account = { id: 'ana' as UserId, name: 'Ana', email: 'ana@example.com' };

afterEach(() => vi.restoreAllMocks());

/** Begins a page. `isWaiting` once all that it still needs is what this person's devices share. */
function begin(browser: TestBrowser) {
  const clock = new TestClock();
  const isWaiting = new Source(false);
  const after = (delayMs: number, work: () => void) => {
    if (delayMs === SHARED_WITHIN_MS) isWaiting.set(true);
    return clock.after(delayMs, work);
  };
  const socket = new TestSocket();
  const environment = {
    ...{ ...browser.environment(), locks: undefined, createSocket: () => socket },
    clock: { now: () => clock.now(), after },
  };
  const [remember, onSignedOut] = [() => undefined, async () => undefined];
  const starting = LocalMessenger.start({ account, environment, http: createHttp(environment), remember, onSignedOut });
  return { clock, socket, isWaiting, starting };
}

/** A device without a network. */
function newBrowser(): TestBrowser {
  const browser = new TestBrowser(() => 'http://server.example');
  browser.setOnline(false);
  return browser;
}

/** The next page on a device where a message was deleted for oneself; its store answers all but `shared`. */
async function beginAgain() {
  const browser = newBrowser();
  {
    using before = await begin(browser).starting;
    await before.shared.hide(TALK, [HIDDEN]);
  }
  const answers = new Source(false);
  const documentRecord = AccountStore.prototype.documentRecord;
  vi.spyOn(AccountStore.prototype, 'documentRecord').mockImplementation(async function (this: AccountStore, document) {
    if (document === accountId(account.id)) await until(answers, isTrue);
    return documentRecord.call(this, document);
  });
  return { ...begin(browser), answers };
}

const isTrue = (value: boolean) => value;
const hiddenBy = (messenger: LocalMessenger) => [...(messenger.shared.values.get().hidden.get(TALK) ?? [])];

test('[M13] a slow store is waited for: nobody sees for a moment what they have deleted for themselves', async () => {
  const { starting, isWaiting, answers } = await beginAgain();
  const hasStarted = starting.then(() => 'has started');
  expect(await Promise.race([until(isWaiting, isTrue), hasStarted])).toBe(true);
  answers.set(true);
  using messenger = await starting;
  expect(hiddenBy(messenger)).toEqual([HIDDEN]);
});

test('with a store that does not answer the app starts all the same, and takes its answer when it comes', async () => {
  const { starting, isWaiting, answers, clock } = await beginAgain();
  await until(isWaiting, isTrue);
  clock.advance(SHARED_WITHIN_MS);
  using messenger = await starting;
  expect(hiddenBy(messenger)).toEqual([]);
  answers.set(true);
  await until(messenger.shared.values, () => hiddenBy(messenger).length === 1);
});

const CHANGES: Readonly<Record<string, (tab: OwnDevice) => Promise<void>>> = {
  async 'this device hears of'(tab) {
    await tab.store.write(['conversations'], (to) => to.objectStore('conversations').put(TALKED));
    tab.tabs.post({ t: 'list' });
  },
  'something waits to be sent to': (tab) => tab.outbox.add(WAITING),
};

test.each(Object.entries(CHANGES))(
  '[P3] a conversation that %s is synced although nobody opens it',
  async (_, change) => {
    const browser = newBrowser();
    const { starting, isWaiting, clock, socket } = begin(browser);
    await until(isWaiting, isTrue);
    using _messenger = await starting;
    socket.accept();
    clock.advance(1_000);
    using tab = await OwnDevice.open({ me: account.id, environment: browser.environment() });
    await change(tab);
    const said = () => socket.sent.map((frame) => new TextDecoder().decode(frame)).join();
    await vi.waitFor(() => {
      clock.advance(1_000);
      expect(said()).toContain('"talk.0"');
    });
  },
);
