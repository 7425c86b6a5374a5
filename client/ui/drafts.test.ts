/** Drafts: what was typed survives, per person and conversation, and an edit never overwrites a new message. */
import { describe, expect, it } from 'vitest';
import type { ConversationId, MessageId, UserId } from '../../schema/ids.ts';
import { createDrafts, NO_DRAFT } from './drafts.ts';

/** `Object.keys` of a browser's storage names its entries, as for any object; its methods are not own properties. */
class MemoryStorage {
  isFull = false;
  getItem(key: string): string | null {
    return (this as unknown as Record<string, string>)[key] ?? null;
  }
  setItem(key: string, value: string): void {
    if (this.isFull) throw new DOMException('full', 'QuotaExceededError');
    (this as unknown as Record<string, string>)[key] = value;
  }
  removeItem(key: string): void {
    delete (this as unknown as Record<string, string>)[key];
  }
}

const ana = 'ana' as ConversationId;
const user = 'u-1' as UserId;
const at = 1_000;

function setUp() {
  const storage = new MemoryStorage();
  const create = (who = user) => createDrafts({ user: who, storage: storage as unknown as Storage, now: () => at });
  return { storage, create, drafts: create() };
}

describe('drafts', () => {
  it('survive a reload', () => {
    const { create, drafts } = setUp();
    const edit = { target: { is: 'message', id: '1-1' as MessageId }, text: 'changed' } as const;
    drafts.set(ana, { text: 'new', edit });
    expect(create().get(ana)).toEqual({ text: 'new', edit, at });
  });

  it('belong to one person', () => {
    const { create, drafts } = setUp();
    drafts.set(ana, { text: 'secret' });
    expect(create('u-2' as UserId).get(ana)).toBe(NO_DRAFT);
    expect(create('u-2' as UserId).isAny()).toBe(false);
  });

  it('leave nothing behind once sent or cleared', () => {
    const { storage, drafts } = setUp();
    drafts.set(ana, { text: 'x' });
    drafts.set(ana, { text: '' });
    expect(drafts.isAny()).toBe(false);
    drafts.set(ana, { text: 'y' });
    drafts.clear();
    expect(Object.keys(storage)).toEqual(['isFull']);
    expect(drafts.get(ana)).toBe(NO_DRAFT);
  });

  it('keep what they reply to, with the text and without, until it is given up', () => {
    const { create, drafts } = setUp();
    drafts.reply(ana, '1-1' as MessageId);
    expect(create().get(ana)).toEqual({ text: '', re: '1-1', at });
    drafts.set(ana, { text: 'so it is' });
    drafts.agree(ana, 'so it is');
    expect(create().get(ana)).toEqual({ text: 'so it is', agreed: 'so it is', re: '1-1', at: at + 1 });
    drafts.reply(ana, undefined);
    expect(create().get(ana)).toEqual({ text: 'so it is', agreed: 'so it is', at: at + 2 });
  });

  it('stay on the page when the storage is full', () => {
    const { storage, drafts } = setUp();
    storage.isFull = true;
    drafts.set(ana, { text: 'still here' });
    expect(drafts.get(ana).text).toBe('still here');
  });

  it('tell their readers', () => {
    const { drafts } = setUp();
    let told = 0;
    const stop = drafts.subscribe(() => told++);
    drafts.set(ana, { text: 'x' });
    stop();
    drafts.set(ana, { text: 'y' });
    expect(told).toBe(1);
  });
});
