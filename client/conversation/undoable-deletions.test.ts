import { expect, test } from 'vitest';
import type { ConversationId, MessageId, UserId } from '../../schema/ids.ts';
import { TestClock } from '../connection/testing-link.ts';
import { type Deletion, TooManyHidden } from './deletions.ts';
import { UNDO_MS, UndoableDeletions } from './undoable-deletions.ts';

const C = 'c' as ConversationId;
const deletionOf = (...ids: string[]): Deletion => ({ conversation: C, ids: ids as MessageId[], whom: 'everyone' });

/** A browser, of which each page has deletions of its own. `store` is what a page has kept durably; a `stuck` one keeps nothing. */
function browser() {
  const clock = new TestClock();
  const notes = new Map<string, string>();
  const kept: string[] = [];
  const store = { is: 'well' as 'well' | 'stuck' | 'full' | 'without notes' };
  const page = () =>
    new UndoableDeletions({
      me: 'ana' as UserId,
      clock,
      notes: {
        getItem: (key) => notes.get(key) ?? null,
        setItem: (key, value) => {
          if (store.is === 'without notes') throw new DOMException('', 'QuotaExceededError');
          notes.set(key, value);
        },
        removeItem: (key) => void notes.delete(key),
      },
      name: 'deleting',
      objection: ({ ids }) => (ids.length > 2 ? new TooManyHidden() : undefined),
      carryOut: async ({ ids }) => {
        if (store.is === 'stuck') return new Promise(() => undefined);
        if (store.is === 'full') throw new Error('full');
        kept.push(...ids);
      },
      onChange: () => undefined,
    });
  return { clock, notes, kept, store, page };
}

const goneIn = (page: UndoableDeletions) => page.goneIn(C).markers.map(({ del }) => del);

test('a deletion takes the message from view at once and is carried out after five seconds', async () => {
  const { clock, kept, page } = browser();
  const deletions = page();
  deletions.begin(deletionOf('a', 'b'));
  expect(goneIn(deletions)).toEqual(['a', 'b']);
  expect(deletions.state.get()).toEqual({ is: 'undoable', deletion: deletionOf('a', 'b') });
  clock.advance(UNDO_MS - 1);
  expect(kept).toEqual([]);
  clock.advance(1);
  expect(kept).toEqual(['a', 'b']);
  expect(deletions.state.get()).toBeUndefined();
  await expect.poll(() => goneIn(deletions)).toEqual([]);
});

test('what is undone is back, and is carried out neither later nor by another page', async () => {
  const { clock, notes, kept, page } = browser();
  const deletions = page();
  deletions.begin(deletionOf('a'));
  expect(notes.size).toBe(0);
  deletions.undo();
  expect(goneIn(deletions)).toEqual([]);
  clock.advance(2 * UNDO_MS);
  await deletions.finish();
  await page().resume();
  expect(kept).toEqual([]);
});

test('a deletion is carried out when the next one begins, and only that one can be undone', async () => {
  const { kept, page } = browser();
  const deletions = page();
  deletions.begin(deletionOf('a'));
  deletions.begin(deletionOf('b'));
  expect(kept).toEqual(['a']);
  expect(goneIn(deletions)).toContain('b');
  deletions.undo();
  await deletions.finish();
  expect(kept).toEqual(['a']);
  expect(goneIn(deletions)).toEqual([]);
});

test('no time passes while somebody is about to decide, and then all of it', () => {
  const { clock, kept, page } = browser();
  const deletions = page();
  deletions.begin(deletionOf('a'));
  clock.advance(UNDO_MS - 1);
  deletions.hold();
  clock.advance(10 * UNDO_MS);
  deletions.release();
  deletions.release();
  clock.advance(UNDO_MS - 1);
  expect(kept).toEqual([]);
  clock.advance(1);
  expect(kept).toEqual(['a']);
});

test('[P3] what a page had no time for when it was closed, the next page of the browser carries out', async () => {
  const { notes, kept, store, page } = browser();
  const closed = page();
  closed.begin(deletionOf('a'));
  store.is = 'stuck';
  void closed.finish();
  expect(kept).toEqual([]);
  store.is = 'full';
  await page().resume();
  store.is = 'well';
  await page().resume();
  expect(kept).toEqual(['a']);
  expect(notes.size).toBe(0);
});

test('where nothing can be noted it is carried out all the same', async () => {
  const { store, kept, page } = browser();
  const deletions = page();
  store.is = 'without notes';
  deletions.begin(deletionOf('a'));
  await deletions.finish();
  expect(kept).toEqual(['a']);
  expect(goneIn(deletions)).toEqual([]);
});

test('what the device cannot keep is back in view and said', async () => {
  const { notes, store, page } = browser();
  const deletions = page();
  store.is = 'full';
  deletions.begin(deletionOf('a'));
  await deletions.finish();
  expect(deletions.state.get()).toEqual({ is: 'failed', failure: new Error('full') });
  expect(goneIn(deletions)).toEqual([]);
  expect(notes.size).toBe(0);
  await deletions.finish();
  expect(deletions.state.get()).toBeUndefined();
});

test('a session that ends carries out what could be undone until then, or leaves it to the next one', async () => {
  const { kept, store, page } = browser();
  const deletions = page();
  deletions.begin(deletionOf('a'));
  deletions[Symbol.dispose]();
  expect(kept).toEqual(['a']);
  const other = page();
  other.begin(deletionOf('b'));
  store.is = 'full';
  other[Symbol.dispose]();
  store.is = 'well';
  await expect.poll(() => goneIn(other)).toEqual([]);
  await page().resume();
  expect(kept).toEqual(['a', 'b']);
});

test('deleted for oneself it is hidden and no marker, and for too many there is a reason at once', async () => {
  const { kept, page } = browser();
  const deletions = page();
  deletions.begin({ ...deletionOf('a'), whom: 'me' });
  expect(deletions.goneIn(C)).toEqual({ markers: [], hidden: new Set(['a']) });
  deletions.begin({ ...deletionOf('b', 'c', 'd'), whom: 'me' });
  expect(deletions.state.get()).toEqual({ is: 'failed', failure: new TooManyHidden() });
  expect(deletions.goneIn(C).hidden.has('b' as MessageId)).toBe(false);
  await deletions.finish();
  expect(kept).toEqual(['a']);
});
