/** A generated history is one that people could have written: same timeline, same rows, and they go on writing in it. */
import { expect, test } from 'vitest';
import { isMessage } from '../../schema/document/message.ts';
import type { ConversationId, UserId } from '../../schema/ids.ts';
import { documentId } from '../../schema/ids.ts';
import { EPOCH_LIMITS } from '../../schema/limits.ts';
import { startInstallation } from '../../server/testing/installation.ts';
import { LocalDevice } from '../../server/testing/local-device.ts';
import { rebuildDocument } from '../../server/workers/rebuild.ts';
import { seedHistory, textOf } from './history.ts';

const PEOPLE = ['ana', 'bo', 'cy'] as UserId[];

test('a generated history equals one written through rooms', async () => {
  await using installation = await startInstallation();
  const { rooms, pool } = installation;
  const written = await installation.addConversation('written');
  const devices = PEOPLE.map((user) => new LocalDevice(user));
  for (const device of devices) await device.join(rooms, written);
  for (let n = 0; n < 30; n++) {
    const device = devices[n % devices.length] as LocalDevice;
    await device.catchUp();
    device.say(textOf(n), Date.parse('2025-01-01T00:00:00Z') + n * 20_000);
    await device.settled();
  }
  await rebuildDocument(pool, written);

  const conversation = 'generated' as ConversationId;
  expect(await seedHistory(pool, { conversation, people: PEOPLE, messages: 30 })).toBe(0);
  const reader = new LocalDevice('ana');
  await reader.join(rooms, documentId(conversation, 0));
  expect(reader.texts).toEqual(devices[0]?.texts);
  const rowsOf = async (id: string) =>
    (await pool.query('select sender, body, sent_at from messages where conversation = $1 order by sent_at', [id]))
      .rows;
  expect(await rowsOf(conversation)).toEqual(await rowsOf('written'));

  const [first] = reader.messages.toArray().filter(isMessage);
  if (!first) throw new Error('The history is empty');
  reader.edit(first.id, 'edited');
  reader.say('goes on');
  await reader.settled();
  expect([reader.refusals, reader.closed]).toEqual([[], undefined]);
  expect([reader.texts[0], reader.texts.at(-1)]).toEqual(['edited', 'goes on']);
});

test('rows of older epochs equal those that the product makes of their snapshots', async () => {
  await using installation = await startInstallation();
  const { pool } = installation;
  await installation.addConversation('people');
  const conversation = 'generated' as ConversationId;
  expect(await seedHistory(pool, { conversation, people: PEOPLE, messages: EPOCH_LIMITS.messages + 10 })).toBe(1);
  const rows = async (table: string, order: string): Promise<unknown[]> => {
    const found = await pool.query(`select * from ${table} where conversation = $1 and epoch = 0 order by ${order}`, [
      conversation,
    ]);
    return found.rows.map(({ changed, changed_at, ...row }) => row);
  };
  const messages = await rows('messages', 'id');
  const clocks = await rows('read_clocks', '"user", writer');
  await pool.query('delete from messages where conversation = $1 and epoch = 0', [conversation]);
  await rebuildDocument(pool, documentId(conversation, 0));
  expect(messages).toHaveLength(EPOCH_LIMITS.messages);
  expect(clocks).toHaveLength(PEOPLE.length * (PEOPLE.length - 1));
  expect(messages).toEqual(await rows('messages', 'id'));
  expect(clocks).toEqual(await rows('read_clocks', '"user", writer'));
});
