/** Reactions that the server has not taken yet: they outlive the page, the copy of the document and the epoch they were given in. */
import { expect, test } from 'vitest';
import { documentId, type MessageId } from '../../schema/ids.ts';
import { CONVERSATION, DOCUMENT, fastClock, TestDevice, until } from './testing-device.ts';
import { TestServer } from './testing-server.ts';

async function talk() {
  const server = new TestServer();
  const ana = new TestDevice({ server, user: 'ana', members: ['ana', 'bo'] });
  using tab = await ana.tab();
  tab.online();
  await tab.conversation.send('hello');
  const { rows } = await tab.until((timeline) => timeline.rows[0]?.delivery === 'sent');
  const id = rows[0]?.message.id as MessageId;
  return { server, ana, id, key: `ana/${id}` };
}

/** A clock of the order in which things are done. */
let clicks = 0;

type Page = Awaited<ReturnType<TestDevice['tab']>>;

const allSent = (page: Page) => until(page.outbox.contents, ({ records }) => records.length === 0);
const shown = (page: Page) => page.conversation.timeline.get().rows[0]?.reactions?.map(({ emoji }) => emoji);

test('[P3] given offline, it is on disk with the promise, outlives a crash, and is sent once', async () => {
  const { server, ana, id, key } = await talk();
  {
    using tab = await ana.tab();
    await tab.conversation.react(id, '👍');
    await tab.until(() => shown(tab)?.join() === '👍');
    const stored = await tab.store.read(['outbox'], (transaction) => transaction.objectStore('outbox').getAll());
    expect(stored?.map(({ element }) => element)).toEqual([{ on: id, emoji: ['👍'] }]);
  }
  using again = await ana.tab();
  await again.until(() => shown(again)?.[0] === '👍');
  expect(again.conversation.timeline.get().rows[0]?.pending).toBe(false);
  again.online();
  await allSent(again);
  expect(server.reactions(DOCUMENT)).toEqual({ [key]: '👍' });
});

test('[P3] 4409: what a restored document lacks is given again, as it was in the end', async () => {
  const { server, ana, id, key } = await talk();
  // Each page has another writer, whose number says nothing of when it wrote.
  for (const emoji of ['👍', '❤️', '👍', '🎉', '❤️']) {
    using page = await ana.tab({ clock: { ...fastClock, now: () => ++clicks } });
    await page.until(({ rows }) => rows.length === 1);
    await page.conversation.react(id, emoji);
  }
  using tab = await ana.tab();
  server.restore(DOCUMENT);
  tab.online();
  await allSent(tab);
  expect(server.reactions(DOCUMENT)).toEqual({ [key]: '🎉' });
  await tab.until(() => shown(tab)?.join() === '🎉');
});

test('[P3] 4409: of two that a page gave in the same millisecond the second is given again', async () => {
  const { server, ana, id, key } = await talk();
  using tab = await ana.tab({ clock: { ...fastClock, now: () => 1 } });
  await tab.until(({ rows }) => rows.length === 1);
  await tab.conversation.react(id, '👍');
  await tab.conversation.react(id, '🎉');
  server.restore(DOCUMENT);
  tab.online();
  await allSent(tab);
  expect(server.reactions(DOCUMENT)).toEqual({ [key]: '👍🎉' });
});

test('[P3] 4400, and a crash before the fresh copy is synced: it is given again', async () => {
  const { server, ana, id, key } = await talk();
  {
    using tab = await ana.tab();
    await tab.conversation.react(id, '👍');
    await tab.store.replaceDocument(await tab.store.documentRecord(DOCUMENT as never));
  }
  using again = await ana.tab();
  let opened = 0;
  server.closeWith = () => (opened++ === 0 ? 4400 : undefined);
  again.online();
  await allSent(again);
  expect(server.reactions(DOCUMENT)).toEqual({ [key]: '👍' });
});

test('one that makes the server refuse every copy is given up, and the conversation goes on', async () => {
  const { server, ana, id } = await talk();
  using tab = await ana.tab();
  await tab.conversation.react(id, '👍');
  server.hostile = ({ reactions }) => reactions > 0;
  tab.online();
  await allSent(tab);
  expect(server.reactions(DOCUMENT)).toEqual({});
  await tab.conversation.send('goes on');
  await tab.until((timeline) => timeline.rows[1]?.delivery === 'sent');
});

test('[P3] to a message of a closed epoch it goes there, and to one that has moved it follows', async () => {
  const { server, ana, id, key } = await talk();
  using tab = await ana.tab();
  await tab.conversation.send('late');
  const { rows } = await tab.until((timeline) => timeline.rows.length === 2);
  const late = rows[1]?.message.id as MessageId;
  await tab.conversation.react(id, '👍');
  await tab.conversation.react(late, '🎉');
  server.rollOver(CONVERSATION);
  tab.online();
  await allSent(tab);
  expect(server.reactions(DOCUMENT)).toEqual({ [key]: '👍' });
  expect(server.reactions(documentId(CONVERSATION, 1))).toEqual({ [`ana/${late}`]: '🎉' });
});

test('to a message that was deleted meanwhile it is nothing any more', async () => {
  const { server, ana, id } = await talk();
  using phone = await ana.tab();
  await phone.conversation.react(id, '👍');
  using other = await new TestDevice({ server, user: 'ana', members: ['ana', 'bo'] }).tab();
  other.online();
  await other.until((timeline) => timeline.rows.length === 1);
  await other.conversation.delete(id);
  await allSent(other);
  server.restore(DOCUMENT);
  phone.online();
  await allSent(phone);
  expect(server.reactions(DOCUMENT)).toEqual({});
});
