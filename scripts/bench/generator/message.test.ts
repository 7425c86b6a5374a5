import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { messageId } from '../../../schema/ids.ts';
import { encodeMessageFrame, encodeUpdate, noteElement, visitMessages } from './message.ts';

const first = {
  channel: 5,
  writer: 4_000_000_001,
  clock: 0,
  origin: undefined,
  from: 'u123',
  at: 1_760_000_000_123,
  dueMs: 12.5,
  sentMs: 13.25,
  textCharacters: 64,
};

test('an encoded message is byte for byte what Yjs makes of a push', () => {
  const sent = [encodeUpdate(first), encodeUpdate({ ...first, clock: 1, origin: first })];
  const reader = new Y.Doc();
  for (const update of sent) Y.applyUpdate(reader, update);

  const honest = new Y.Doc();
  honest.clientID = first.writer;
  const made: Uint8Array[] = [];
  honest.on('update', (update: Uint8Array) => made.push(update));
  const messages = reader.getArray('messages').toArray() as { id: string; text: string }[];
  for (const message of messages) honest.getArray('messages').push([message]);

  expect(sent).toEqual(made);
  expect(messages.map(({ id }) => id)).toEqual([messageId(first.writer, 0), messageId(first.writer, 1)]);
  expect(messages.map(({ text }) => text.length)).toEqual([64, 64]);
});

test('the time stamps and the element of a received frame are read in place', () => {
  const message = { ...first, clock: 300, origin: { writer: 7, clock: 299 } };
  const frame = encodeMessageFrame(message);
  const payload = frame.subarray((frame[1] as number) - 0x80 === 126 ? 8 : 6);
  const updateStart = payload.length - encodeUpdate(message).length;
  const seen: [number, number][] = [];
  visitMessages(payload, 0, payload.length, first.textCharacters, (dueMs, sentMs) => seen.push([dueMs, sentMs]));
  expect(seen).toEqual([[12.5, 13.25]]);
  const last = { writer: 0, clock: 0 };
  noteElement(payload, updateStart, last);
  expect(last).toEqual({ writer: first.writer, clock: 300 });
});
