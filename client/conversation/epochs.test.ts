/** A conversation over several epochs: the window over the chain, roll-overs, and what is written for a closed epoch. */
import { expect, test } from 'vitest';
import { MESSAGES } from '../../schema/document/message.ts';
import type { ReceiptVector } from '../../schema/document/receipts.ts';
import { documentId, type MessageId, messageId, type UserId } from '../../schema/ids.ts';
import { systemClock } from '../connection/clock.ts';
import { MAX_EPOCHS_IN_WINDOW } from './chain.ts';
import type { Conversation, Timeline } from './conversation.ts';
import { CONVERSATION, TestDevice, textsOf, until } from './testing-device.ts';
import { TestServer } from './testing-server.ts';

function people() {
  const server = new TestServer();
  const members = ['ana', 'bo'];
  const device = (user: string) => new TestDevice({ server, user, members });
  return { server, ana: device('ana'), bo: device('bo'), device };
}

/** Not when it only says what the device has. */
const isRead = (r: ReceiptVector | undefined): boolean => Object.keys(r ?? {}).length > 0;
const docOf = (epoch: number) => documentId(CONVERSATION, epoch);
const idOf = (epoch: number, index: number): MessageId => messageId(1_000 + epoch, index);

/** `epochs` epochs of `each` messages by bo, the last of them open: "0.0", "0.1", …, "1.0", … */
function fill(server: TestServer, epochs: number, each = 3): void {
  for (let epoch = 0; epoch < epochs; epoch++) {
    const { doc } = server.document(docOf(epoch));
    const from = 'bo' as UserId;
    const made = Array.from({ length: each }, (_, index) => ({
      ...{ id: idOf(epoch, index), from, at: (epoch * each + index) * 1_000, text: `${epoch}.${index}` },
    }));
    doc.getArray(MESSAGES).push(made);
    if (epoch < epochs - 1) server.rollOver(CONVERSATION);
  }
}

const firsts = (timeline: Timeline) => textsOf(timeline).filter((text) => text?.endsWith('.0'));
const deliveryOf = (timeline: Timeline, text: string) =>
  timeline.rows.find(({ message }) => 'text' in message && message.text === text)?.delivery;

/** How often the text stood in the timeline at each change, without repetitions. */
function watchCount(conversation: Conversation, text: string): number[] {
  const counts: number[] = [];
  conversation.timeline.subscribe(() => {
    const count = textsOf(conversation.timeline.get()).filter((one) => one === text).length;
    if (counts.at(-1) !== count) counts.push(count);
  });
  return counts;
}

test('[P5] opening a long conversation costs its newest epoch; older ones come when asked for, without a gap', async () => {
  const { server, ana } = people();
  fill(server, 4);
  using a = await ana.tab({ epoch: 3 });
  a.online();
  const opened = await a.until((timeline) => timeline.rows.length === 3);
  expect(textsOf(opened)).toEqual(['3.0', '3.1', '3.2']);
  expect(opened).toMatchObject({ older: 'more', newer: 'none' });
  expect(server.opened).toEqual([docOf(3)]);
  await a.conversation.loadOlder();
  expect(a.texts()).toEqual(['2.0', '2.1', '2.2', '3.0', '3.1', '3.2']);
  await a.conversation.loadOlder();
  await a.conversation.loadOlder();
  expect(a.conversation.timeline.get()).toMatchObject({ older: 'none', newer: 'none' });
  expect(firsts(a.conversation.timeline.get())).toEqual(['0.0', '1.0', '2.0', '3.0']);
});

test('[P5] a bounded number of epochs is in memory: what is loaded at one end goes at the other, the newest stays open', async () => {
  const { server, ana, bo } = people();
  fill(server, 10);
  using a = await ana.tab({ epoch: 9 });
  a.online();
  await a.until((timeline) => timeline.rows.length === 3);
  for (let loads = 0; loads < 7; loads++) await a.conversation.loadOlder();
  const back = await a.until((timeline) => firsts(timeline).join() === '2.0,3.0,4.0,5.0,6.0,7.0');
  expect(back).toMatchObject({ older: 'more', newer: 'more' });
  await expect.poll(() => server.channelsOf('ana')).toEqual([2, 3, 4, 5, 6, 7, 9].map(docOf));
  using b = await bo.tab({ epoch: 9 });
  b.online();
  await b.until((timeline) => timeline.rows.length === 3);
  const before = back.unread;
  using c = await new TestDevice({ server, user: 'cy', members: [] }).tab({ epoch: 9 });
  c.online();
  await c.conversation.send('not shown, but counted');
  const counted = await a.until((timeline) => timeline.unread === before + 1);
  expect(textsOf(counted)).not.toContain('not shown, but counted');
  await a.conversation.loadNewer();
  await a.conversation.loadNewer();
  const returned = await a.until((timeline) => firsts(timeline).join() === '4.0,5.0,6.0,7.0,8.0,9.0');
  expect(returned.newer).toBe('none');
  expect(textsOf(returned).at(-1)).toBe('not shown, but counted');
});

test('an older epoch that is not here is absent without a network, and comes with it', async () => {
  const { server, ana } = people();
  fill(server, 3);
  using a = await ana.tab({ epoch: 2 });
  a.online();
  await a.until((timeline) => timeline.rows.length === 3);
  a.offline();
  await a.conversation.loadOlder();
  expect((await a.until((timeline) => timeline.older === 'absent')).rows.length).toBe(3);
  a.online();
  await a.until((timeline) => timeline.older === 'more');
  await a.conversation.loadOlder();
  expect(firsts(a.conversation.timeline.get())).toEqual(['1.0', '2.0']);
});

test('a roll-over continues the timeline, sending goes to the new epoch, and an edit to the old one', async () => {
  const { server, ana, bo } = people();
  using a = await ana.tab();
  using b = await bo.tab();
  a.online();
  b.online();
  await a.conversation.send('before');
  await b.until((timeline) => timeline.rows.length === 1);
  server.rollOver(CONVERSATION);
  await until({ get: () => server.opened, subscribe: a.local.view.subscribe }, (opened) => opened.includes(docOf(1)));
  await a.conversation.send('after');
  await b.until((timeline) => timeline.rows.length === 2);
  await a.until((timeline) => deliveryOf(timeline, 'after') === 'delivered');
  expect(server.messages(docOf(1))).toMatchObject([{ text: 'after' }]);
  await a.conversation.edit(a.conversation.timeline.get().rows[0]?.message.id as MessageId, 'before, edited');
  await b.until((timeline) => textsOf(timeline)[0] === 'before, edited');
  expect(server.messages(docOf(0))).toMatchObject([{ text: 'before, edited' }]);
  await a.until((timeline) => textsOf(timeline).join() === 'before, edited,after');
});

test('a writer writes in one epoch only', async () => {
  const { server, ana } = people();
  using a = await ana.tab();
  a.online();
  await a.conversation.send('one');
  await a.until((timeline) => deliveryOf(timeline, 'one') === 'sent');
  server.rollOver(CONVERSATION);
  await until({ get: () => server.opened, subscribe: a.local.view.subscribe }, (opened) => opened.includes(docOf(1)));
  await a.conversation.send('two');
  await a.until((timeline) => deliveryOf(timeline, 'two') === 'sent');
  const ids = [0, 1].flatMap((epoch) => server.messages(docOf(epoch)).map((element) => 'id' in element && element.id));
  expect(new Set(ids.map((id) => String(id).split('-')[0])).size).toBe(2);
});

test('[P3] written offline while others roll over three times: at the end, once, in order, and sent', async () => {
  const { server, ana, bo } = people();
  using a = await ana.tab();
  using b = await bo.tab();
  a.online();
  b.online();
  await b.conversation.send('together');
  await a.until((timeline) => timeline.rows.length === 1);
  a.offline();
  for (const text of ['one', 'two', 'three']) await a.conversation.send(text);
  await a.until((timeline) => timeline.rows.length === 4);
  const counts = watchCount(a.conversation, 'two');
  for (let round = 0; round < 3; round++) {
    await b.conversation.send(`meanwhile ${round}`);
    await b.until((timeline) => deliveryOf(timeline, `meanwhile ${round}`) === 'sent');
    server.rollOver(CONVERSATION);
  }
  a.online();
  a.local.extend(3);
  const expected = ['together', 'meanwhile 0', 'meanwhile 1', 'meanwhile 2', 'one', 'two', 'three'];
  const done = await a.until((timeline) => timeline.rows.length === 7 && deliveryOf(timeline, 'three') === 'delivered');
  expect(textsOf(done)).toEqual(expected);
  await b.until((timeline) => timeline.rows.length === 7);
  expect(b.texts()).toEqual(expected);
  expect(server.messages(docOf(3)).map((element) => 'text' in element && element.text)).toEqual([
    'one',
    'two',
    'three',
  ]);
  expect(counts.filter((count) => count !== 1)).toEqual([]);
  expect(done.failed).toEqual([]);
  expect(a.outbox.contents.get().records).toEqual([]);
});

test('[E6b] what waits for a closed epoch keeps its order with what is written after the next one is known', async () => {
  const { server, ana } = people();
  using a = await ana.tab();
  a.online();
  await a.until((timeline) => timeline.state === 'ready');
  server.isSilent = true;
  await a.conversation.send('one');
  server.rollOver(CONVERSATION);
  server.isSilent = false;
  a.offline();
  await a.conversation.send('two');
  a.local.extend(1);
  await Promise.all(['three', 'four'].map((text) => a.conversation.send(text)));
  const shown = await a.until((timeline) => timeline.rows.length === 4);
  expect(textsOf(shown)).toEqual(['one', 'two', 'three', 'four']);
  a.online();
  const sent = await a.until((timeline) => deliveryOf(timeline, 'four') === 'sent');
  expect(textsOf(sent)).toEqual(['one', 'two', 'three', 'four']);
  await until(a.outbox.contents, ({ records }) => records.length === 0);
  await a.conversation.send('five');
  await a.until((timeline) => deliveryOf(timeline, 'five') === 'sent');
  const stored = [0, 1].map((epoch) => server.messages(docOf(epoch)).map((one) => 'text' in one && one.text));
  expect(stored.flat()).toEqual(['one', 'two', 'three', 'four', 'five']);
  // Nothing waits any more, so the last was written to the open epoch itself: it has another writer.
  const writers = server.messages(docOf(1)).map((one) => 'id' in one && one.id.split('-')[0]);
  expect(new Set(writers.slice(-2)).size).toBe(2);
});

test('[P3] acknowledged for a closed epoch nobody here knows the successor of: shown as sending, once, until it is found', async () => {
  const { server, ana } = people();
  using a = await ana.tab();
  a.online();
  await a.until((timeline) => timeline.state === 'ready');
  server.isDiscreet = true;
  server.rollOver(CONVERSATION);
  const counts = watchCount(a.conversation, 'late');
  await a.conversation.send('late');
  const sent = await a.until((timeline) => deliveryOf(timeline, 'late') === 'sent');
  expect(sent.rows[0]?.epoch).toBe(1);
  expect(counts).toEqual([1]);
  expect(sent.failed).toEqual([]);
});

test('[P3] the server cannot be asked where a message went: it stays sending, and is looked for again', async () => {
  const { server, ana } = people();
  using a = await ana.tab();
  a.online();
  await a.until((timeline) => timeline.state === 'ready');
  server.isDiscreet = true;
  server.rollOver(CONVERSATION);
  server.isMute = true;
  await a.conversation.send('late');
  await until({ get: () => server.asked, subscribe: ticking }, (asked) => asked > 1);
  expect(a.conversation.timeline.get()).toMatchObject({ rows: [{ delivery: 'sending' }], failed: [] });
  server.isMute = false;
  await a.until((timeline) => deliveryOf(timeline, 'late') === 'sent');
});

test('[P3] the acknowledgement of a moved message is lost and the page reloaded: still once, still sent', async () => {
  const { server, ana } = people();
  {
    using a = await ana.tab();
    a.online();
    await a.until((timeline) => timeline.state === 'ready');
    server.isDiscreet = true;
    server.rollOver(CONVERSATION);
    server.isSilent = true;
    await a.conversation.send('late');
    const arrived = { get: () => server.messages(docOf(1)).length, subscribe: ticking };
    await until(arrived, (count) => count === 1);
  }
  server.cut();
  server.isSilent = false;
  using again = await ana.tab();
  expect(deliveryOf(await again.until((timeline) => timeline.rows.length === 1), 'late')).toBe('sending');
  const counts = watchCount(again.conversation, 'late');
  again.online();
  const sent = await again.until((timeline) => deliveryOf(timeline, 'late') === 'sent');
  expect(textsOf(sent)).toEqual(['late']);
  expect(counts.filter((count) => count !== 1)).toEqual([]);
  expect(sent.failed).toEqual([]);
  await until(again.outbox.contents, ({ records }) => records.length === 0);
  expect(server.messages(docOf(1)).length).toBe(1);
});

test('[P3] refused in a closed epoch while nobody heard: it is nowhere, so it failed', async () => {
  const { server, ana } = people();
  using a = await ana.tab();
  a.online();
  await a.until((timeline) => timeline.state === 'ready');
  server.refuse = (element) => ('text' in element ? 'rate' : undefined);
  server.isDiscreet = true;
  server.rollOver(CONVERSATION);
  server.isSilent = true;
  await a.conversation.send('refused');
  await until({ get: () => server.writers.size, subscribe: ticking }, (size) => size === 1);
  server.isSilent = false;
  server.cut();
  const failed = await a.until((timeline) => timeline.failed.length === 1);
  expect(failed).toMatchObject({ rows: [], failed: [{ text: 'refused', kind: 'rejected' }] });
});

test('[P3] an edit and a deletion of messages that have moved to another epoch unheard arrive there, once', async () => {
  const { server, ana, bo } = people();
  using a = await ana.tab();
  a.online();
  await a.until(({ state }) => state === 'ready');
  server.isDiscreet = true;
  server.isMute = true;
  server.rollOver(CONVERSATION);
  for (const text of ['typo', 'regretted', 'stays']) await a.conversation.send(text);
  const sent = await a.until((timeline) => timeline.rows.length === 3);
  await until({ get: () => server.messages(docOf(1)).length, subscribe: ticking }, (count) => count === 3);
  const idOfText = (text: string) =>
    sent.rows.find(({ message }) => 'text' in message && message.text === text)?.message.id as MessageId;
  server.rollOver(CONVERSATION);
  await a.conversation.edit(idOfText('typo'), 'no typo');
  await a.conversation.delete(idOfText('regretted'));
  // Both were refused by the document in which they were sent.
  await until({ get: () => server.asked, subscribe: ticking }, (asked) => asked > 3);
  expect(server.messages(docOf(1)).map((one) => 'text' in one && one.text)).toEqual(['typo', 'regretted', 'stays']);
  server.isMute = false;
  const hasArrived = (timeline: Timeline) => JSON.stringify(textsOf(timeline)) === '["no typo",null,"stays"]';
  await until({ get: () => a.outbox.contents.get().records.length, subscribe: ticking }, (left) => left === 0);
  const told = await a.until(hasArrived);
  expect(told.failed).toEqual([]);
  expect(server.messages(docOf(1)).map((one) => ('text' in one ? one.text : '†'))).toEqual(['no typo', '†', 'stays']);
  using b = await bo.tab({ epoch: 2 });
  b.online();
  await b.until(({ state }) => state === 'ready');
  await b.conversation.loadOlder();
  expect(b.texts()).toEqual(['no typo', null, 'stays']);
});

test('an edit that its new place refuses fails as such, and one of a message that is nowhere as not found', async () => {
  const { server, ana } = people();
  using a = await ana.tab();
  a.online();
  await a.until(({ state }) => state === 'ready');
  server.isDiscreet = true;
  server.isMute = true;
  server.rollOver(CONVERSATION);
  await a.conversation.send('moved');
  const { rows } = await a.until((timeline) => timeline.rows.length === 1);
  await until({ get: () => server.messages(docOf(1)).length, subscribe: ticking }, (count) => count === 1);
  const moved = rows[0]?.message.id as MessageId;
  let judged = 0;
  server.refuse = (element) => ('edit' in element && element.edit === moved && judged++ > 0 ? 'deleted' : undefined);
  await a.conversation.edit(moved, 'too late');
  server.isMute = false;
  const first = await a.until((timeline) => timeline.failed.length === 1);
  expect(first.failed).toMatchObject([{ text: 'too late', kind: 'deleted', edit: moved }]);
  expect(judged).toBe(2);
  await a.conversation.edit(messageId(7, 7), 'of nothing');
  const second = await a.until((timeline) => timeline.failed.length === 2);
  expect(second.failed[1]).toMatchObject({ text: 'of nothing', kind: 'not-found' });
  await until(a.outbox.contents, ({ records }) => records.length === 0);
});

test('what waits for a closed epoch goes out from the background, wherever the reader is', async () => {
  const { server, ana } = people();
  {
    using a = await ana.tab();
    await a.conversation.send('from the train');
  }
  fill(server, 3);
  using again = await ana.tab({ epoch: 2 });
  again.online();
  const sent = await again.until((timeline) => deliveryOf(timeline, 'from the train') === 'sent');
  expect(textsOf(sent)).toEqual(['2.0', '2.1', '2.2', 'from the train']);
  await expect.poll(() => server.channelsOf('ana')).toEqual([docOf(2)]);
});

test('[P7] two tabs, one of them offline, show the same over a roll-over', async () => {
  const { server, ana } = people();
  using first = await ana.tab();
  using second = await ana.tab();
  first.online();
  await first.until((timeline) => timeline.state === 'ready');
  await second.conversation.send('old epoch');
  await first.until((timeline) => deliveryOf(timeline, 'old epoch') === 'sent');
  server.rollOver(CONVERSATION);
  second.local.extend(1);
  await second.conversation.send('new epoch');
  await first.until((timeline) => deliveryOf(timeline, 'new epoch') === 'sent');
  await second.until((timeline) => deliveryOf(timeline, 'new epoch') === 'sent');
  expect(second.texts()).toEqual(first.texts());
  expect(second.texts()).toEqual(['old epoch', 'new epoch']);
});

test('unread messages are counted over the boundary, and reading in a later epoch reads the earlier ones', async () => {
  const { server, ana, bo } = people();
  using a = await ana.tab();
  using b = await bo.tab();
  a.online();
  b.online();
  await b.conversation.send('one');
  await b.until((timeline) => deliveryOf(timeline, 'one') === 'delivered');
  server.rollOver(CONVERSATION);
  b.local.extend(1);
  await b.conversation.send('two');
  const both = await a.until((timeline) => timeline.unread === 2);
  expect(a.local.view.get().isUnreadExact).toBe(true);
  a.conversation.shown([both.rows[1]?.message.id as MessageId]);
  await a.until((timeline) => timeline.unread === 0);
  const read = await b.until((timeline) => timeline.rows.every((row) => row.delivery === 'read'));
  expect(b.conversation.readBy(read.rows[0]?.message.id as MessageId)).toEqual(['ana']);
  expect(server.receipt(docOf(0), 'ana')?.r ?? {}).toEqual({});
});

test('a receipt in one document says nothing of another one of the same writer', async () => {
  const { server, ana, bo } = people();
  using a = await ana.tab();
  using b = await bo.tab({ epoch: 1 });
  a.online();
  await a.conversation.send('in place');
  await a.until((timeline) => deliveryOf(timeline, 'in place') === 'sent');
  server.isDiscreet = true;
  server.rollOver(CONVERSATION);
  await a.conversation.send('moved');
  await a.until((timeline) => deliveryOf(timeline, 'moved') === 'sent');
  b.online();
  // Only the new epoch is open there.
  const there = await b.until((timeline) => timeline.rows.length > 0);
  expect(textsOf(there)).toEqual(['moved']);
  const delivered = await a.until((timeline) => deliveryOf(timeline, 'moved') === 'delivered');
  expect(deliveryOf(delivered, 'in place')).toBe('sent');
});

test('what was shown in an epoch that is dropped from memory was read', async () => {
  const { server, ana } = people();
  fill(server, 10);
  // By a clock that is not sped up, the receipt would be written long after the epoch is dropped.
  using a = await ana.tab({ epoch: 9, clock: systemClock });
  a.online();
  await a.until((timeline) => timeline.rows.length === 3);
  a.conversation.shown([idOf(9, 0)]);
  await a.conversation.loadOlder();
  a.conversation.shown([idOf(8, 2)]);
  await a.conversation.jump({ message: idOf(0, 0) });
  const receipt = { get: () => server.receipt(docOf(8), 'ana')?.r ?? {}, subscribe: ticking };
  expect(await until(receipt, (r) => Object.keys(r).length > 0)).toEqual({ [(1_008).toString(36)]: 2 });
});

test('[O4] a list that knows of newer epochs than this device has shows what is here, and goes on from there', async () => {
  const { server, ana } = people();
  fill(server, 2);
  {
    using a = await ana.tab({ epoch: 1 });
    a.online();
    const there = await a.until((timeline) => timeline.rows.length === 3);
    a.conversation.shown(there.rows.map(({ message }) => message.id));
    await until({ get: () => server.receipt(docOf(1), 'ana')?.r, subscribe: ticking }, isRead);
  }
  for (let epoch = 2; epoch < 4; epoch++) {
    server.rollOver(CONVERSATION);
    const made = { id: idOf(epoch, 0), from: 'bo' as UserId, at: epoch, text: `${epoch}.0` };
    server.document(docOf(epoch)).doc.getArray(MESSAGES).push([made]);
  }
  using again = await ana.tab({ epoch: 3 });
  again.offline();
  const offline = await again.until((timeline) => timeline.state === 'ready' && timeline.newer === 'absent');
  expect(textsOf(offline)).toEqual(['1.0', '1.1', '1.2']);
  const seen: string[] = [];
  again.conversation.timeline.subscribe(() => seen.push(again.texts().join(' ')));
  again.online();
  const back = await again.until((timeline) => timeline.rows.length === 5 && timeline.unread === 2);
  expect(back).toMatchObject({ newer: 'none', firstUnread: idOf(2, 0) });
  expect(seen.every((texts) => '1.0 1.1 1.2 2.0 3.0'.startsWith(texts))).toBe(true);
});

test('a person who was away goes back to the epoch of the first unread, as far as the device has it', async () => {
  const { server, ana } = people();
  fill(server, 2);
  {
    using a = await ana.tab({ epoch: 1 });
    a.online();
    await a.until((timeline) => timeline.rows.length === 3);
    await a.conversation.loadOlder();
    a.conversation.shown([idOf(0, 0)]);
    await until({ get: () => server.receipt(docOf(0), 'ana')?.r, subscribe: ticking }, isRead);
  }
  using again = await ana.tab({ epoch: 1 });
  const timeline = await again.until(({ state }) => state === 'ready');
  expect(timeline).toMatchObject({ firstUnread: idOf(0, 1), unread: 5 });
  expect(timeline.rows.length).toBe(6);
});

test('an epoch that was opened a moment ago is empty, the conversation is not', async () => {
  const { server, ana } = people();
  fill(server, 2);
  server.rollOver(CONVERSATION);
  using a = await ana.tab({ epoch: 2 });
  a.online();
  const states = new Set<string>();
  a.conversation.timeline.subscribe(() => {
    const { state, rows } = a.conversation.timeline.get();
    states.add(`${state} ${rows.length}`);
  });
  expect(textsOf(await a.until((timeline) => timeline.rows.length > 0))).toEqual(['1.0', '1.1', '1.2']);
  expect(states).not.toContain('ready 0');
});

test('a jump finds a message in its epoch, with the server and without it', async () => {
  const { server, ana } = people();
  fill(server, 10);
  using a = await ana.tab({ epoch: 9 });
  a.online();
  await a.until((timeline) => timeline.rows.length === 3);
  expect(await a.conversation.jump({ message: idOf(2, 1) })).toEqual({ ok: true, row: idOf(2, 1) });
  expect(firsts(a.conversation.timeline.get())).toEqual(['2.0']);
  expect(a.conversation.timeline.get()).toMatchObject({ older: 'more', newer: 'more' });
  expect(await a.conversation.jump('latest')).toEqual({ ok: true, row: idOf(9, 2) });
  expect(a.conversation.timeline.get()).toMatchObject({ older: 'more', newer: 'none' });
  expect(await a.conversation.jump({ message: messageId(7, 7) })).toEqual({ ok: false, why: 'unknown' });
  a.offline();
  expect(await a.conversation.jump({ message: idOf(2, 2) })).toEqual({ ok: true, row: idOf(2, 2) });
  expect(await a.conversation.jump({ message: idOf(4, 0) })).toEqual({ ok: false, why: 'offline' });
  expect(firsts(a.conversation.timeline.get())).toEqual(['2.0']);
});

test('a jump to a date finds the first message at or after it, else the last', async () => {
  const { server, ana } = people();
  fill(server, 4);
  using a = await ana.tab({ epoch: 3 });
  a.online();
  await a.until((timeline) => timeline.rows.length === 3);
  expect(await a.conversation.jump({ date: 3_500 })).toEqual({ ok: true, row: idOf(1, 1) });
  a.offline();
  expect(await a.conversation.jump({ date: 4_500 })).toEqual({ ok: true, row: idOf(1, 2) });
  expect(await a.conversation.jump({ date: 99_000 })).toEqual({ ok: true, row: idOf(3, 2) });
});

test('a jump to the first unread goes back to where this person has read', async () => {
  const { server, ana } = people();
  fill(server, 3);
  using a = await ana.tab({ epoch: 2 });
  a.online();
  await a.until((timeline) => timeline.rows.length === 3);
  await a.conversation.loadOlder();
  a.conversation.shown([idOf(1, 0), idOf(1, 1)]);
  await a.until((timeline) => timeline.unread === 4);
  expect(await a.conversation.jump('first-unread')).toEqual({ ok: true, row: idOf(1, 2) });
  a.conversation.shown([idOf(2, 2), idOf(2, 1), idOf(2, 0)]);
  await a.until((timeline) => timeline.unread === 0);
  expect(await a.conversation.jump('first-unread')).toEqual({ ok: true, row: idOf(2, 2) });
});

test('[E5] a jump to the first unread leads back also to an epoch that is not shown any more', async () => {
  const { server, ana } = people();
  fill(server, 5);
  using a = await ana.tab({ epoch: 4 });
  a.online();
  await a.until((timeline) => timeline.rows.length === 3);
  await a.conversation.jump({ message: idOf(1, 0) });
  a.conversation.shown([idOf(1, 0)]);
  await until({ get: () => server.receipt(docOf(1), 'ana')?.r, subscribe: ticking }, isRead);
  await a.conversation.jump('latest');
  expect(a.texts()).toEqual(['4.0', '4.1', '4.2']);
  expect(await a.conversation.jump('first-unread')).toEqual({ ok: true, row: idOf(1, 1) });
});

test('a window that is full is not taken away from a reader when the next epoch opens; unwatched it moves on', async () => {
  const { server, ana } = people();
  fill(server, MAX_EPOCHS_IN_WINDOW);
  using a = await ana.tab({ epoch: MAX_EPOCHS_IN_WINDOW - 1 });
  a.online();
  await a.until((timeline) => timeline.rows.length === 3);
  for (let loads = 1; loads < MAX_EPOCHS_IN_WINDOW; loads++) await a.conversation.loadOlder();
  server.rollOver(CONVERSATION);
  const kept = await a.until((timeline) => timeline.newer === 'more');
  expect(firsts(kept)[0]).toBe('0.0');
  await a.conversation.loadNewer();
  expect(firsts(a.conversation.timeline.get())[0]).toBe('1.0');
  a.conversation[Symbol.dispose]();
  for (let round = 0; round < MAX_EPOCHS_IN_WINDOW; round++) server.rollOver(CONVERSATION);
  await until(a.local.view, ({ newer, rows }) => newer === 'none' && rows.length === 0);
});

/** Looks again after every task. */
const ticking = (listener: () => void) => {
  const timer = setInterval(listener, 1);
  return () => clearInterval(timer);
};

test('a reply quotes a message of an epoch that is not open, as it is now, and nothing of it once it is deleted', async () => {
  const { server, ana } = people();
  fill(server, 3);
  using a = await ana.tab({ epoch: 2 });
  a.online();
  await a.until((timeline) => timeline.rows.length === 3);
  const quote = (timeline: Timeline) => timeline.rows.find(({ message }) => 're' in message)?.quoted;
  await a.conversation.send('I remember', idOf(0, 1));
  expect(await a.until((timeline) => typeof quote(timeline) === 'object')).toSatisfy((timeline: Timeline) => {
    const quoted = quote(timeline);
    return typeof quoted === 'object' && 'text' in quoted && quoted.text === '0.1';
  });
  expect(server.channelsOf('ana')).toEqual([docOf(2)]);
  const elements = server.document(docOf(0)).doc.getArray(MESSAGES);
  elements.delete(1);
  const tombstone = { id: idOf(0, 1), from: 'bo' as UserId, at: 1_000, deletedAt: 9, by: 'bo' as UserId };
  elements.insert(1, [tombstone]);
  await a.local.renew();
  await a.until((timeline) => {
    const quoted = quote(timeline);
    return typeof quoted === 'object' && 'deletedAt' in quoted;
  });
});

test('what is quoted and not on this device is said to be absent without a network, and comes with it', async () => {
  const { server, ana } = people();
  fill(server, 3);
  using a = await ana.tab({ epoch: 2 });
  a.online();
  await a.until((timeline) => timeline.rows.length === 3);
  a.offline();
  server.isMute = true;
  await a.conversation.send('what was that?', idOf(0, 1));
  const replyTo = (timeline: Timeline) => timeline.rows.at(-1)?.quoted;
  await a.until((timeline) => replyTo(timeline) === 'absent');
  expect(await a.conversation.lookUp(idOf(0, 1))).toBe('absent');
  server.isMute = false;
  a.online();
  a.local.refresh();
  await a.until((timeline) => typeof replyTo(timeline) === 'object');
  await a.conversation.send('and this?', messageId(4_711, 0));
  await a.until((timeline) => replyTo(timeline) === 'unknown');
});
