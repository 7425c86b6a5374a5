import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { DraftValue } from '../../schema/document/account.ts';
import type { ConversationId, MessageId, UserId } from '../../schema/ids.ts';
import { NOTHING_SHARED, type SharedAccount, type SharedValues } from '../conversation/conversation.ts';
import { createDrafts, type Drafts } from './drafts.ts';
import { createSource } from './observed.ts';
import { shareDrafts } from './shared-drafts.ts';

const C = 'c' as ConversationId;
const PAUSE_MS = 1_500;
const LATER_MS = 60_000;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** The account document as one device sees it. */
class Account implements Pick<SharedAccount, 'values' | 'setDraft'> {
  readonly values = createSource<SharedValues>({ ...NOTHING_SHARED, isComplete: true });

  isKept = true;

  async setDraft(conversation: ConversationId, draft: DraftValue | undefined): Promise<boolean> {
    const drafts = new Map(this.values.get().drafts);
    if (draft) drafts.set(conversation, draft);
    else drafts.delete(conversation);
    this.values.set({ ...this.values.get(), drafts });
    return this.isKept;
  }

  complete(isComplete: boolean): void {
    this.values.set({ ...this.values.get(), isComplete });
  }

  get text(): string | undefined {
    return this.values.get().drafts.get(C)?.text;
  }
}

/** The part of `Storage` that drafts use: keys are own properties there. */
const memoryStorage = () => {
  const items: Record<string, string> = {};
  return new Proxy(items, {
    get: (target, name) =>
      ({
        getItem: (key: string) => target[key] ?? null,
        setItem: (key: string, value: string) => {
          target[key] = value;
        },
        removeItem: (key: string) => {
          delete target[key];
        },
      })[name as 'getItem'],
  }) as unknown as Storage;
};

const deviceWith = (account: Account, storage = memoryStorage()): { drafts: Drafts; stop: () => void } => {
  const drafts = createDrafts({ user: 'ana' as UserId, storage });
  return { drafts, stop: shareDrafts({ drafts, account }) };
};

test('a draft typed on one device is continued on the other, and gone from both when it is sent', async () => {
  const account = new Account();
  const [one, other] = [deviceWith(account), deviceWith(account)];
  one.drafts.set(C, { text: 'half a th' });
  one.drafts.set(C, { text: 'half a thought' });
  expect(account.text).toBeUndefined();
  await vi.advanceTimersByTimeAsync(PAUSE_MS);
  expect(other.drafts.get(C).text).toBe('half a thought');
  await vi.advanceTimersByTimeAsync(LATER_MS);
  other.drafts.set(C, { text: 'half a thought and the rest' });
  await vi.advanceTimersByTimeAsync(PAUSE_MS);
  expect(one.drafts.get(C).text).toBe('half a thought and the rest');
  other.drafts.set(C, { text: '' });
  await vi.advanceTimersByTimeAsync(LATER_MS);
  account.complete(true);
  expect([account.text, one.drafts.get(C).text]).toEqual([undefined, '']);
});

test('a reply is continued on the other device as one', async () => {
  const account = new Account();
  const [one, other] = [deviceWith(account), deviceWith(account)];
  one.drafts.reply(C, '1-1' as MessageId);
  one.drafts.set(C, { text: 'so it is' });
  await vi.advanceTimersByTimeAsync(PAUSE_MS);
  expect(other.drafts.get(C)).toMatchObject({ text: 'so it is', re: '1-1' });
});

test('[P3] what is being typed is not replaced by what was typed elsewhere, and the next word wins', async () => {
  const account = new Account();
  const { drafts } = deviceWith(account);
  drafts.set(C, { text: 'typed here' });
  await vi.advanceTimersByTimeAsync(PAUSE_MS);
  void account.setDraft(C, { text: 'typed there', at: 1 });
  expect(drafts.get(C).text).toBe('typed here');
  void account.setDraft(C, undefined);
  expect(drafts.get(C).text).toBe('typed here');
  drafts.set(C, { text: 'typed here too' });
  await vi.advanceTimersByTimeAsync(PAUSE_MS);
  expect(account.text).toBe('typed here too');
});

test('a draft that was sent elsewhere is gone at once, also where it was typed a moment ago', async () => {
  const account = new Account();
  const { drafts } = deviceWith(account);
  drafts.set(C, { text: 'typed here, sent there' });
  await vi.advanceTimersByTimeAsync(PAUSE_MS);
  await account.setDraft(C, undefined);
  expect(drafts.get(C).text).toBe('');
});

test('[P3] a draft from before there was an account document is shared, once it is known that there is no other', async () => {
  const storage = memoryStorage();
  storage.setItem('tidewire.draft.ana.c', JSON.stringify({ text: 'old and unsent' }));
  const account = new Account();
  account.complete(false);
  const { drafts } = deviceWith(account, storage);
  expect([drafts.get(C).text, account.text]).toEqual(['old and unsent', undefined]);
  account.complete(true);
  expect([drafts.get(C).text, account.text]).toEqual(['old and unsent', 'old and unsent']);
});

test('[P3] the draft of a page that ended within a pause is shared, unless another tab turns out to be typing it', async () => {
  const account = new Account();
  const storage = memoryStorage();
  createDrafts({ user: 'ana' as UserId, storage }).set(C, { text: 'cut off' });
  const { drafts } = deviceWith(account, storage);
  await vi.advanceTimersByTimeAsync(PAUSE_MS);
  expect([drafts.get(C).text, account.text]).toEqual(['cut off', undefined]);
  await vi.advanceTimersByTimeAsync(LATER_MS);
  expect([drafts.get(C).text, account.text]).toEqual(['cut off', 'cut off']);
});

test('an account document that is not complete here deletes no draft', async () => {
  const account = new Account();
  const storage = memoryStorage();
  const first = deviceWith(account, storage);
  first.drafts.set(C, { text: 'shared' });
  await vi.advanceTimersByTimeAsync(PAUSE_MS);
  first.stop();
  const wiped = new Account();
  wiped.complete(false);
  const { drafts } = deviceWith(wiped, storage);
  expect(drafts.get(C).text).toBe('shared');
});

test('an edit in progress stays while the draft beside it comes from another device', async () => {
  const account = new Account();
  const { drafts } = deviceWith(account);
  const edit = { target: { is: 'failed', key: 'k' }, text: 'edited' } as const;
  drafts.set(C, { text: '', edit });
  await vi.advanceTimersByTimeAsync(LATER_MS);
  void account.setDraft(C, { text: 'from there', at: 1 });
  expect(drafts.get(C)).toMatchObject({ text: 'from there', edit });
});

test('[P3] a draft that was shared and then not stored, because the page ended, is not taken for deleted', async () => {
  const storage = memoryStorage();
  const account = new Account();
  account.isKept = false;
  const { drafts, stop } = deviceWith(account, storage);
  drafts.set(C, { text: 'typed last' });
  stop();
  expect(account.text).toBe('typed last');
  const atNextStart = deviceWith(new Account(), storage);
  await vi.advanceTimersByTimeAsync(PAUSE_MS);
  expect(atNextStart.drafts.get(C).text).toBe('typed last');
});

test('a draft that was typed before the clock was set back is continued on another device all the same', async () => {
  const account = new Account();
  const { drafts } = deviceWith(account);
  drafts.set(C, { text: 'half a th' });
  await vi.advanceTimersByTimeAsync(PAUSE_MS);
  vi.setSystemTime(Date.now() - 3_600_000);
  void account.setDraft(C, { text: 'half a thought', at: 1 });
  expect(drafts.get(C).text).toBe('half a thought');
});
