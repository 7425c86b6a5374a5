/** The start of the signed-in app on a device whose store is slow, or never answers. There is no network. */
import { afterEach, expect, test, vi } from 'vitest';
import { accountId, type ConversationId, type MessageId, type UserId } from '../../schema/ids.ts';
import { TestClock, TestSocket } from '../connection/testing-link.ts';
import { Source } from '../conversation/source.ts';
import { until } from '../conversation/testing-device.ts';
import { AccountStore } from '../storage/account-store.ts';
import { createHttp } from './http.ts';
import { LocalMessenger, SHARED_WITHIN_MS } from './messenger.ts';
import { TestBrowser } from './testing-browser.ts';

const [TALK, HIDDEN] = ['talk' as ConversationId, '7-0' as MessageId];
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
  const environment = {
    ...{ ...browser.environment(), createSocket: () => new TestSocket() },
    clock: { now: () => clock.now(), after },
  };
  const [remember, onSignedOut] = [() => undefined, async () => undefined];
  const starting = LocalMessenger.start({ account, environment, http: createHttp(environment), remember, onSignedOut });
  return { clock, isWaiting, starting };
}

/** The next page on a device where a message was deleted for oneself; its store answers all but `shared`. */
async function beginAgain() {
  const browser = new TestBrowser(() => 'http://server.example');
  browser.setOnline(false);
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
