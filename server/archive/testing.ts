/** A conversation with everything that can be in one: epochs, edits, tombstones, replies, receipts, pins, pictures, people who are gone. */
import { readFile } from 'node:fs/promises';

import { isMessage } from '../../schema/document/message.ts';
import { cover, NO_RECEIPT } from '../../schema/document/receipts.ts';
import type { Conversation } from '../../schema/http/conversations.ts';
import { type ConversationId, documentId, type MessageId } from '../../schema/ids.ts';
import { type Edge, type Person, read } from '../http/testing.ts';
import { LocalDevice } from '../testing/local-device.ts';

/** Small enough that a few messages fill several. */
export const SMALL_EPOCHS = { messages: 4, bytes: 1_000_000, writers: 100 };

export interface Lived {
  readonly id: string;
  /** A device that holds each of its documents, oldest first. */
  readonly replicas: () => Promise<LocalDevice[]>;
}

/** Ana's group with bo, and with cy, who wrote and was removed. */
export async function livedConversation(t: Edge, { ana, bo, cy }: Record<'ana' | 'bo' | 'cy', Person>): Promise<Lived> {
  const body = { title: 'Plans', memberIds: [bo.id, cy.id] };
  const { id } = await read<Conversation>(await t.ask('POST', '/api/conversations', { as: ana, body }));
  await t.ask('PATCH', `/api/conversations/${id}`, { as: ana, body: { description: 'Where we plan' } });
  const say = async (as: Person, text: string, re?: string) => {
    const body = { text, ...(re && { re }) };
    return (await read<{ id: MessageId }>(await t.ask('POST', `/api/conversations/${id}/messages`, { as, body }))).id;
  };
  const join = async (person: Person, epoch: number) => {
    const device = new LocalDevice(person.id);
    await device.join(t.rooms, `${id}.${epoch}`);
    return device;
  };
  const first = await say(ana, 'one');
  const second = await say(bo, 'two', first);
  const third = await say(cy, 'three, to be taken away');
  const fourth = await say(ana, 'four, not kept for ever');
  await say(bo, 'five');
  const sixth = await say(cy, 'six');
  const seventh = await say(cy, 'seven, to be taken back', second);
  for (let n = 8; n <= 10; n++) await say(ana, `number ${n}`);

  const [anas, bos] = [await join(ana, 0), await join(bo, 0)];
  anas.edit(first, 'one, edited');
  await anas.settled();
  anas.delete(third);
  await anas.settled();
  await t.rooms.expire(documentId(id as ConversationId, 0), [fourth]);
  const shown = bos.messages.toArray().flatMap((each) => (isMessage(each) && each.from !== bo.id ? [each.id] : []));
  bos.receipts.set(bo.id, { d: cover(NO_RECEIPT.d, shown), r: cover(NO_RECEIPT.r, shown) });
  bos.react(first, '👍', '🎉');
  await bos.settled();
  const cys = await join(cy, 1);
  cys.edit(sixth, 'six, edited');
  await cys.settled();
  cys.delete(seventh);
  await cys.settled();
  for (const device of [anas, bos, cys]) device.leave();
  // One of them by cy, who goes.
  await t.ask('PUT', `/api/conversations/${id}/members/${cy.id}`, { as: ana, body: { role: 'admin' } });
  await t.ask('PUT', `/api/conversations/${id}/pins/${first}`, { as: cy });
  await t.ask('PUT', `/api/conversations/${id}/pins/${sixth}`, { as: ana });
  await t.ask('DELETE', `/api/conversations/${id}/members/${cy.id}`, { as: ana });
  const picture = new Uint8Array(await readFile(new URL('../../client/public/icons/icon-192.png', import.meta.url)));
  for (const [as, path] of [
    [ana, `conversations/${id}`],
    [bo, 'me'],
    [cy, 'me'],
  ] as const)
    await t.ask('PUT', `/api/${path}/picture`, { as, raw: picture, headers: { 'content-type': 'image/png' } });
  const epochs = (await read<Conversation>(await t.ask('GET', `/api/conversations/${id}`, { as: ana }))).epoch + 1;
  return { id, replicas: () => Promise.all(Array.from({ length: epochs }, (_, epoch) => join(ana, epoch))) };
}
