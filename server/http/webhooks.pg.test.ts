import { expect, test } from 'vitest';
import type {
  CreateWebhook,
  PatchWebhook,
  Webhook,
  WebhookDelivery,
  WebhookWithSecret,
} from '../../schema/http/webhooks.ts';
import type { UserId } from '../../schema/ids.ts';
import { MAX_WEBHOOK_URL_CHARACTERS, MAX_WEBHOOKS } from '../../schema/limits.ts';
import { deleteAccount } from '../account/delete-account.ts';
import { inTransaction } from '../database/transaction.ts';
import { type Edge, type Person, read, startEdge } from './testing.ts';

const WANTED: CreateWebhook = { url: 'https://example.org/hook', events: ['message.created'] };

const create = (t: Edge, as: Person, more: Partial<CreateWebhook> = {}) =>
  t.ask('POST', '/api/webhooks', { as, body: { ...WANTED, ...more } });
const created = async (t: Edge, as: Person): Promise<WebhookWithSecret> => read(await create(t, as));
const patch = (t: Edge, as: Person, id: string, body: PatchWebhook) =>
  t.ask('PATCH', `/api/webhooks/${id}`, { as, body });
const find = async (t: Edge, as: Person, id: string): Promise<Webhook> =>
  read(await t.ask('GET', `/api/webhooks/${id}`, { as }));
interface StoredRow {
  readonly secret: string;
  readonly former_secret: string | null;
  readonly former_until: Date;
  readonly due_at: Date | null;
  readonly failing_since: Date | null;
}
const storedRow = async (t: Edge) => (await t.database.pool.query<StoredRow>('select * from webhooks')).rows[0];
const dueIn = async (t: Edge): Promise<number> => ((await storedRow(t))?.due_at?.getTime() ?? 0) - Date.now();

test('it is made, found, changed and deleted by its owner, and by nobody else', async () => {
  await using t = await startEdge();
  const [ana, bo] = [await t.signUp('Ana'), await t.signUp('Bo')];
  const response = await create(t, ana, { description: ' Tickets ' });
  expect(response.status).toBe(201);
  const { secret, ...webhook } = await read<WebhookWithSecret>(response);
  expect(webhook).toEqual({
    ...{ ...WANTED, description: 'Tickets', isEnabled: true },
    ...{ id: expect.any(String), createdAt: expect.any(Number) },
  });
  expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{32}$/);
  expect(await find(t, ana, webhook.id)).toEqual(webhook);
  expect(await read(await t.ask('GET', '/api/webhooks', { as: ana }))).toEqual({ items: [webhook] });
  expect(await read(await t.ask('GET', '/api/webhooks', { as: bo }))).toEqual({ items: [] });
  const changed = await read(
    await patch(t, ana, webhook.id, { events: ['message.deleted'], description: null, isEnabled: false }),
  );
  const { description, ...rest } = webhook;
  expect(changed).toEqual({ ...rest, events: ['message.deleted'], isEnabled: false });
  const others: [string, string][] = [
    ['GET', ''],
    ['PATCH', ''],
    ['DELETE', ''],
    ['POST', '/rotate'],
    ['POST', '/test'],
    ['GET', '/deliveries'],
    ['POST', '/deliveries/x/redeliver'],
  ];
  for (const [method, path] of others) {
    const body = method === 'PATCH' ? { body: { isEnabled: true } } : {};
    const answer = await t.ask(method, `/api/webhooks/${webhook.id}${path}`, { as: bo, ...body });
    expect([method, path, answer.status]).toEqual([method, path, 404]);
  }
  expect((await t.ask('DELETE', `/api/webhooks/${webhook.id}`, { as: ana })).status).toBe(204);
  expect(await storedRow(t)).toBeUndefined();
  expect(t.lines.join()).not.toContain(secret.slice(6));
});

const UNUSABLE: readonly [what: string, wanted: Partial<CreateWebhook>, message: string][] = [
  ['plain HTTP', { url: 'http://example.org/' }, 'begins with https'],
  ['another protocol', { url: 'ftp://example.org/' }, 'begins with https'],
  ['this machine', { url: 'https://127.0.0.1/' }, 'not on the Internet'],
  ['this machine, otherwise', { url: 'https://0x7f.1/' }, 'not on the Internet'],
  ['the network of this machine', { url: 'https://[fd00::1]/' }, 'not on the Internet'],
  ['where clouds keep secrets', { url: 'https://169.254.169.254/latest' }, 'not on the Internet'],
  ['with a password', { url: 'https://ana:secret@example.org/' }, 'holds no password'],
  ['that is none', { url: 'example.org' }, 'URL'],
  ['that is too long', { url: `https://example.org/${'x'.repeat(MAX_WEBHOOK_URL_CHARACTERS)}` }, 'Too big'],
  ['for nothing', { events: [] }, 'Too small'],
  ['for something twice', { events: ['message.edited', 'message.edited'] }, 'each event once'],
  ['for conversations of others', { conversations: ['none'] }, 'There is no conversation none'],
  ['without a word', { description: ' ' }, 'Too small'],
];

test('none is made that cannot be used or must not be, nor changed to be', async () => {
  await using t = await startEdge();
  const ana = await t.signUp('Ana');
  const { id } = await created(t, ana);
  for (const [what, wanted, message] of UNUSABLE)
    for (const response of [await create(t, ana, wanted), await patch(t, ana, id, wanted)]) {
      expect([what, response.status]).toEqual([what, 422]);
      expect(await response.text(), what).toContain(message);
    }
});

test('a setting lets them go to one’s own network', async () => {
  await using t = await startEdge({ webhookPrivateNetworks: 'on' });
  const ana = await t.signUp('Ana');
  for (const url of ['http://10.1.2.3:8080/x', 'http://localhost/'])
    expect((await create(t, ana, { url })).status).toBe(201);
});

test('an account has so many and no more, however many are asked for at once', async () => {
  await using t = await startEdge();
  const ana = await t.signUp('Ana');
  const statuses = await Promise.all(
    Array.from({ length: MAX_WEBHOOKS + 3 }, async () => (await create(t, ana)).status),
  );
  expect(statuses.filter((status) => status === 201).length).toBe(MAX_WEBHOOKS);
  expect(statuses.filter((status) => status === 409).length).toBe(3);
});

test('a new secret is shown once, and the former one signs for a day', async () => {
  await using t = await startEdge();
  const ana = await t.signUp('Ana');
  const { id, secret } = await created(t, ana);
  const rotated = await read<WebhookWithSecret>(await t.ask('POST', `/api/webhooks/${id}/rotate`, { as: ana }));
  expect(rotated.secret).not.toBe(secret);
  const row = await storedRow(t);
  expect(row).toMatchObject({ secret: rotated.secret, former_secret: secret });
  const hours = ((row?.former_until.getTime() ?? 0) - Date.now()) / 3_600_000;
  expect(Math.round(hours)).toBe(24);
});

test('the log is read in pages, newest first, and by what became of things', async () => {
  await using t = await startEdge();
  const ana = await t.signUp('Ana');
  const { id } = await created(t, ana);
  const ask = async (method: string, path: string): Promise<Response> =>
    t.ask(method, `/api/webhooks/${id}${path}`, { as: ana });
  const pings: WebhookDelivery[] = [];
  for (let n = 0; n < 5; n++) {
    const response = await ask('POST', '/test');
    expect(response.status).toBe(202);
    pings.push(await read(response));
  }
  expect(pings[0]).toMatchObject({ type: 'ping', status: 'waiting', attempts: 0, nextAttemptAt: expect.any(Number) });
  const seen: WebhookDelivery[] = [];
  for (let next: string | undefined = ''; next !== undefined; ) {
    const query = new URLSearchParams({ limit: '2', ...(next && { cursor: next }) });
    const page: { items: WebhookDelivery[]; next?: string } = await read(await ask('GET', `/deliveries?${query}`));
    seen.push(...page.items);
    next = page.next;
  }
  expect(seen).toEqual(pings.toReversed());
  await t.database.pool.query(
    `update webhook_deliveries set status = 'failed', attempts = 10, ended_at = now(), response_status = 500, duration_ms = 7
     where id = $1`,
    [pings[2]?.id],
  );
  const failed = async () =>
    (await read<{ items: WebhookDelivery[] }>(await ask('GET', '/deliveries?status=failed'))).items;
  expect(await failed()).toMatchObject([{ id: pings[2]?.id, attempts: 10, responseStatus: 500, durationMs: 7 }]);
  const again = await ask('POST', `/deliveries/${pings[2]?.id}/redeliver`);
  expect(await read(again)).toEqual({ ...pings[2], nextAttemptAt: expect.any(Number) });
  expect(await failed()).toEqual([]);
  expect((await ask('GET', '/deliveries?cursor=x')).status).toBe(400);
});

test('disabled it sends nothing; enabled again it forgets that it failed', async () => {
  await using t = await startEdge();
  const ana = await t.signUp('Ana');
  const { id } = await created(t, ana);
  const { id: ping } = await read<WebhookDelivery>(await t.ask('POST', `/api/webhooks/${id}/test`, { as: ana }));
  await patch(t, ana, id, { isEnabled: false });
  expect((await storedRow(t))?.due_at).toBeNull();
  for (const path of ['test', `deliveries/${ping}/redeliver`])
    expect((await t.ask('POST', `/api/webhooks/${id}/${path}`, { as: ana })).status).toBe(409);
  await t.database.pool.query(`update webhooks set disabled_why = 'failing', failing_since = now(), is_slow = true`);
  expect(await find(t, ana, id)).toMatchObject({ disabledBecause: 'failing', failingSince: expect.any(Number) });
  // Another address alone does not enable it.
  expect(await read(await patch(t, ana, id, { url: 'https://example.org/new' }))).toMatchObject({
    ...{ isEnabled: false, disabledBecause: 'failing' },
  });
  const enabled = await read<Webhook>(await patch(t, ana, id, { isEnabled: true }));
  expect(enabled).toMatchObject({ isEnabled: true, url: 'https://example.org/new' });
  expect(enabled).not.toHaveProperty('disabledBecause');
  expect(enabled).not.toHaveProperty('failingSince');
  expect(await storedRow(t)).toMatchObject({ is_slow: false, due_at: null });
});

test('another address is tried at once with what waits', async () => {
  await using t = await startEdge();
  const ana = await t.signUp('Ana');
  const { id } = await created(t, ana);
  await t.ask('POST', `/api/webhooks/${id}/test`, { as: ana });
  await t.database.pool.query(`update webhook_deliveries set due_at = now() + interval '1 day'`);
  await t.database.pool.query(`update webhooks set due_at = now() + interval '1 day', failing_since = now()`);
  await patch(t, ana, id, { description: 'The same address' });
  expect(await dueIn(t)).toBeGreaterThan(3_600_000);
  await patch(t, ana, id, { url: 'https://example.org/new' });
  expect(await dueIn(t)).toBeLessThanOrEqual(0);
  expect((await storedRow(t))?.failing_since).toBeNull();
});

test('it ends with the account, and with it what it was told', async () => {
  await using t = await startEdge();
  const ana = await t.signUp('Ana');
  const { id } = await created(t, ana);
  await t.ask('POST', `/api/webhooks/${id}/test`, { as: ana });
  await inTransaction(t.database.pool, (client) => deleteAccount(client, { user: ana.id as UserId, erase: false }));
  for (const table of ['webhooks', 'webhook_deliveries'])
    expect((await t.database.pool.query(`select from ${table}`)).rowCount).toBe(0);
});

test('pings are limited more than other requests, as somebody else gets them', async () => {
  await using t = await startEdge({ rateLimits: 'on' });
  const ana = await t.signUp('Ana');
  const { id } = await created(t, ana);
  const statuses: number[] = [];
  for (let n = 0; n < 31; n++) statuses.push((await t.ask('POST', `/api/webhooks/${id}/test`, { as: ana })).status);
  expect(statuses).toEqual([...Array.from({ length: 30 }, () => 202), 429]);
});
