/** What webhooks are told, and what not: from the commit to the receiver. */
import { describe, expect, test } from 'vitest';
import type { ConversationId, MessageId } from '../../schema/ids.ts';
import { rebuildDocument } from '../workers/rebuild.ts';
import { columnsHolding } from '../workers/testing.ts';
import { startWebhooks, verify } from './testing.ts';

test('a receiver is told of messages, edits and deletions, signed, with the message as it is', async () => {
  await using s = await startWebhooks();
  const { secret } = await s.hook('bo');
  const ana = await s.device('ana');
  const id = ana.say('hello');
  await ana.settled();
  await s.work();
  ana.edit(id, 'hello again');
  await ana.settled();
  await s.work();
  ana.delete(id);
  await ana.settled();
  await s.work();
  expect(s.receiver.told).toEqual(['message.created hello', 'message.edited hello again', 'message.deleted null']);
  const message = { conversation: 'c', id, from: 'ana', epoch: 0, seq: 1 };
  expect(s.receiver.received.map(({ body }) => body.data)).toMatchObject([
    message,
    { ...message, editedAt: expect.any(Number) },
    { ...message, by: 'ana', deletedAt: expect.any(Number) },
  ]);
  for (const each of s.receiver.received) {
    expect(verify(each, secret)).toEqual(each.body);
    expect(each.headers['content-type']).toBe('application/json');
    expect(() => verify({ ...each, raw: each.raw.replace('ana', 'bo') }, secret)).toThrow();
  }
  expect(new Set(s.receiver.received.map((each) => each.id)).size).toBe(3);
});

test('after a rotation both secrets verify, and only the new one when the day is over', async () => {
  await using s = await startWebhooks();
  const { id, secret: former } = await s.hook('bo');
  const { secret } = await s.hook('cy', { events: ['conversation.member_added'] });
  await s.pool.query(
    `update webhooks set secret = $2, former_secret = $3, former_until = now() + interval '1 day' where id = $1`,
    [id, secret, former],
  );
  await s.post('ana', 'hello');
  await s.work();
  await s.pool.query(`update webhooks set former_until = now() where former_until is not null`);
  await s.post('ana', 'again');
  await s.work();
  const [both, one] = s.receiver.received;
  if (!both || !one) throw new Error('Two requests');
  for (const each of [secret, former]) verify(both, each);
  verify(one, secret);
  expect(() => verify(one, former)).toThrow();
});

test('what was edited or deleted before anybody was told is told as it is now', async () => {
  await using s = await startWebhooks();
  await s.hook('bo');
  const ana = await s.device('ana');
  const [kept, gone] = [ana.say('kept'), ana.say('a secret')];
  await ana.settled();
  ana.edit(kept, 'kept, better');
  ana.delete(gone);
  await ana.settled();
  await s.work();
  expect(s.receiver.told.sort()).toEqual([
    'message.created kept, better',
    'message.created null',
    'message.deleted null',
    'message.edited kept, better',
  ]);
});

test('[P4] deleted text is sent by no later attempt, and stands in no log', async () => {
  await using s = await startWebhooks();
  await s.hook('bo');
  const ana = await s.device('ana');
  const id = ana.say('a secret');
  await ana.settled();
  s.receiver.decide = ({ raw }) => ({ status: 500, body: raw });
  await s.work();
  expect(s.receiver.told).toEqual(['message.created a secret']);
  expect(await columnsHolding(s.pool, 'a secret')).toEqual(['journal.update', 'messages.body']);
  s.receiver.decide = undefined;
  ana.delete(id);
  await ana.settled();
  // The rows are behind: the deliverer has them made before it reads them.
  await s.due();
  await s.deliverer.work();
  await s.work();
  const [first, ...later] = s.receiver.received;
  expect(later.map(({ body }) => body.type)).toEqual(['message.created', 'message.deleted']);
  expect(JSON.stringify(later)).not.toContain('a secret');
  expect(later[0]?.id).toBe(first?.id);
  expect(s.lines.join()).not.toContain('a secret');
});

test('while rows cannot be made nothing is sent, as nobody knows what was deleted', async () => {
  await using s = await startWebhooks();
  await s.hook('bo');
  await s.post('ana', 'hello');
  await s.work();
  const failing = s.delivererWith({ projector: { project: () => Promise.reject(new Error('corrupt')) } });
  await s.post('ana', 'again');
  await s.projector.project(s.t.conversation);
  await failing.work();
  expect(s.receiver.told).toEqual(['message.created hello']);
  expect(await s.rows('select status, attempts from webhook_deliveries order by place desc limit 1')).toEqual([
    { status: 'waiting', attempts: 0 },
  ]);
  await s.due();
  await s.work();
  expect(s.receiver.told).toEqual(['message.created hello', 'message.created again']);
});

test('nothing is written while nobody has a webhook that could care', async () => {
  await using s = await startWebhooks();
  const noted = async () => (await s.rows('select what from webhook_outbox')).length;
  await s.post('ana', 'to nobody');
  await s.projector.project(s.t.conversation);
  expect(await noted()).toBe(0);
  await s.pool.query(`insert into users (id, name, email) values ('zoe', 'zoe', 'zoe@example.org')`);
  await s.hook('zoe');
  const off = await s.hook('bo');
  await s.pool.query('update webhooks set is_enabled = false where id = $1', [off.id]);
  await s.post('ana', 'zoe is elsewhere');
  await s.projector.project(s.t.conversation);
  expect(await noted()).toBe(0);
  await s.pool.query('update webhooks set is_enabled = true');
  await s.post('ana', 'to bo');
  await s.work();
  expect(s.receiver.told).toEqual(['message.created to bo']);
});

describe('a webhook is told only', () => {
  test('of the events and conversations it wants', async () => {
    await using s = await startWebhooks();
    await s.t.addConversation('d');
    await s.hook('bo', { events: ['message.deleted'], url: `${s.receiver.url}/deleted` });
    await s.hook('bo', { conversations: ['d'], url: `${s.receiver.url}/d` });
    const ana = await s.device('ana');
    const id = ana.say('in c');
    await ana.settled();
    ana.delete(id);
    await ana.settled();
    await s.post('ana', 'in d', 'd' as ConversationId);
    await s.work();
    const told = s.receiver.received.map(({ path, body }) => `${path} ${body.type}`);
    expect(told.sort()).toEqual(['/hook/d message.created', '/hook/deleted message.deleted']);
  });

  test('what its owner may read: nothing after they were removed, not even what waits', async () => {
    await using s = await startWebhooks();
    await s.hook('bo');
    await s.hook('cy', { url: `${s.receiver.url}/cy` });
    s.receiver.decide = () => ({ status: 500 });
    await s.post('ana', 'waits');
    await s.work();
    s.receiver.received.length = 0;
    s.receiver.decide = undefined;
    await s.pool.query(`delete from members where "user" = 'bo'`);
    await s.post('ana', 'later');
    await s.due();
    await s.work();
    expect(new Set(s.receiver.received.map(({ path }) => path))).toEqual(new Set(['/hook/cy']));
    expect(s.receiver.told.sort()).toEqual([
      'conversation.member_removed bo',
      'message.created later',
      'message.created waits',
    ]);
    expect(await s.rows(`select error from webhook_deliveries where status = 'dropped'`)).toEqual([
      { error: 'NOT_A_MEMBER' },
    ]);
  });

  test('what happens from then on, also in conversations that its owner joins', async () => {
    await using s = await startWebhooks();
    await s.pool.query(`delete from members where "user" = 'bo'`);
    await s.post('ana', 'before');
    await s.projector.project(s.t.conversation);
    await s.hook('bo');
    await s.post('ana', 'not there yet');
    await s.work();
    await s.pool.query(`insert into members (conversation, "user", role) values ('c', 'bo', 'member')`);
    await s.post('ana', 'welcome');
    await s.work();
    expect(s.receiver.told.sort()).toEqual(['conversation.member_added bo', 'message.created welcome']);
  });

  test.each([
    ['deleted', 'deleted_at = now(), email = null'],
    ['deactivated', 'deactivated_at = now()'],
  ])('while the account is not %s', async (_, ended) => {
    await using s = await startWebhooks();
    const { id } = await s.hook('bo');
    await s.post('ana', 'waits');
    await s.projector.project(s.t.conversation);
    await s.pool.query(`update users set ${ended} where id = 'bo'`);
    await s.work();
    expect(s.receiver.told).toEqual([]);
    // Noted before the account ended, expanded before, sent after.
    await s.pool.query(`insert into webhook_deliveries (webhook, type) values ($1, 'ping')`, [id]);
    await s.pool.query('update webhooks set due_at = now()');
    await s.deliverer.work();
    expect(s.receiver.told).toEqual([]);
    expect(await s.rows('select status, error from webhook_deliveries')).toEqual([
      { status: 'dropped', error: 'ACCOUNT_CLOSED' },
    ]);
  });
});

describe('rows that are made again', () => {
  test('tell nothing', async () => {
    await using s = await startWebhooks();
    await s.hook('bo');
    const ana = await s.device('ana');
    const [first, second] = [ana.say('first'), ana.say('second')];
    await ana.settled();
    ana.edit(first, 'first, better');
    ana.delete(second);
    await ana.settled();
    await s.work();
    s.receiver.received.length = 0;
    await rebuildDocument(s.pool, s.t.document);
    await s.pool.query('update documents set projected = 0');
    await s.work();
    expect(s.receiver.told).toEqual([]);
  });

  test('tell what the former ones did not say', async () => {
    await using s = await startWebhooks();
    await s.hook('bo');
    const ana = await s.device('ana');
    const ids: MessageId[] = [ana.say('edited'), ana.say('deleted'), ana.say('left alone')];
    await ana.settled();
    await s.work();
    s.receiver.received.length = 0;
    ana.edit(ids[0] as MessageId, 'edited, better');
    ana.delete(ids[1] as MessageId);
    ana.say('new');
    await ana.settled();
    await rebuildDocument(s.pool, s.t.document);
    await s.deliverer.work();
    expect(s.receiver.told.sort()).toEqual([
      'message.created new',
      'message.deleted null',
      'message.edited edited, better',
    ]);
  });
});
