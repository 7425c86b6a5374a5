/** Who learns what was read; how receipts of several devices are united is told in `conversation.test.ts`. */
import { expect, test } from 'vitest';
import { type ReceiptVector, union } from '../../schema/document/receipts.ts';
import type { MessageId } from '../../schema/ids.ts';
import type { Reading } from './reading.ts';
import { DOCUMENT, TestDevice } from './testing-device.ts';
import { TestServer } from './testing-server.ts';

/** Bo's settings, and what their devices know. */
class TestReading implements Reading {
  told: boolean | undefined;
  kept: ReceiptVector = {};
  readonly #listeners: (() => void)[] = [];

  isTold = () => this.told;
  keptIn = (epoch: number) => (epoch === 0 ? this.kept : {});
  keep = (_: number, read: ReceiptVector) => {
    this.kept = union(this.kept, read);
    this.tell();
  };
  tell(): void {
    for (const listener of this.#listeners) listener();
  }
  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }
}

async function talk(told: boolean | undefined) {
  const server = new TestServer();
  const [ana, bo] = ['ana', 'bo'].map((user) => new TestDevice({ server, user, members: ['ana', 'bo'] }));
  if (!ana || !bo) throw new Error();
  const reading = new TestReading();
  reading.told = told;
  const [a, b] = [await ana.tab(), await bo.tab({ reading })];
  reading.onChange(() => b.local.readElsewhere());
  a.online();
  b.online();
  return { server, bo, a, b, reading };
}

const ids = ({ rows }: { rows: readonly { message: { id: MessageId } }[] }) => rows.map(({ message }) => message.id);
const delivery = ({ rows }: { rows: readonly { delivery?: string }[] }) => rows.map((row) => row.delivery);

test('[A8] read while receipts are off: it counts here and on other devices, and the others see it delivered', async () => {
  const { server, bo, a, b, reading } = await talk(false);
  using _a = a;
  using _b = b;
  await a.conversation.send('one');
  const arrived = await b.until(({ unread }) => unread === 1);
  b.conversation.shown(ids(arrived));
  await b.until(({ unread }) => unread === 0);
  await expect.poll(() => Object.keys(reading.kept).length).toBe(1);
  await a.until((timeline) => delivery(timeline)[0] === 'delivered');
  expect(server.receipt(DOCUMENT, 'bo')).toMatchObject({ r: {} });
  // Another device, whose account document brought what was read.
  using other = await bo.tab({ reading });
  other.online();
  await other.until(({ rows, unread, firstUnread }) => rows.length === 1 && unread === 0 && !firstUnread);
  // On again: what was read meanwhile stays untold, what is read from now on is told.
  reading.told = true;
  reading.tell();
  b.conversation.shown(ids(arrived));
  await a.conversation.send('two');
  await b.until(({ unread }) => unread === 1);
  await a.until((timeline) => delivery(timeline)[1] === 'delivered');
  expect(server.receipt(DOCUMENT, 'bo')).toMatchObject({ r: {} });
  b.conversation.shown(ids(b.conversation.timeline.get()));
  await a.until((timeline) => delivery(timeline)[1] === 'read');
});

test('[A8] who hides what they read sees nobody read anything, at once and as long as it is so', async () => {
  const { a, b, reading } = await talk(true);
  using _a = a;
  using _b = b;
  await b.conversation.send('mine');
  const arrived = await a.until(({ unread }) => unread === 1);
  a.conversation.shown(ids(arrived));
  await b.until((timeline) => delivery(timeline)[0] === 'read');
  reading.told = false;
  reading.tell();
  await b.until((timeline) => delivery(timeline)[0] === 'delivered');
  expect(b.conversation.readBy(ids(arrived)[0] as MessageId)).toEqual([]);
  reading.told = true;
  reading.tell();
  await b.until((timeline) => delivery(timeline)[0] === 'read');
});

test('[A8] what is read before a new device knows the settings counts, and is told only once they allow it', async () => {
  const { server, a, b, reading } = await talk(undefined);
  using _a = a;
  using _b = b;
  await a.conversation.send('one');
  b.conversation.shown(ids(await b.until(({ unread }) => unread === 1)));
  await b.until(({ unread }) => unread === 0);
  await a.until((timeline) => delivery(timeline)[0] === 'delivered');
  expect(server.receipt(DOCUMENT, 'bo')).toMatchObject({ r: {} });
  reading.told = true;
  reading.tell();
  await a.until((timeline) => delivery(timeline)[0] === 'read');
});
