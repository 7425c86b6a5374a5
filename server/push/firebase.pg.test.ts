/** The real firebase-admin against a server that speaks the send API of FCM, with its error bodies. */
import { expect, test } from 'vitest';
import type { PushPayload } from '../../schema/http/push.ts';
import { createFirebaseTransport } from './firebase.ts';
import { type Answer, CREDENTIAL, startPushService } from './testing-push-service.ts';
import { describeTransport } from './transport.contract.ts';
import type { Outgoing } from './transport.ts';

const clock = { now: () => Date.now() };
const payload: PushPayload = {
  ...{
    type: 'message',
    conversation: 'c',
    message: '1-1',
    from: 'ana',
    title: 'Ana',
    body: 'hello',
    at: '1',
    badge: '3',
  },
};
const to = (token: string): Outgoing => ({ token, platform: 'web', payload, topic: 'topic' });

async function open() {
  const service = await startPushService();
  const { serviceAccount, agent } = service;
  const transport = createFirebaseTransport({ serviceAccount, clock, agent, credential: CREDENTIAL });
  return {
    ...{ service, transport },
    async [Symbol.asyncDispose]() {
      await transport[Symbol.asyncDispose]();
      await service[Symbol.asyncDispose]();
    },
  };
}

describeTransport('firebase', async () => {
  const scene = await open();
  return { ...scene, tokenFor: (name) => name, [Symbol.asyncDispose]: () => scene[Symbol.asyncDispose]() };
});

test('a message is data only, urgent, replaces the one before, and is kept for those who are off', async () => {
  await using t = await open();
  expect(await t.transport.send([to('phone')])).toEqual([{ is: 'sent' }]);
  const [{ message, headers } = {}] = t.service.arrived;
  expect(headers?.authorization).toBe('Bearer access');
  expect(message).not.toHaveProperty('notification');
  expect(message).toMatchObject({
    token: 'phone',
    data: payload,
    android: { priority: 'high', collapse_key: 'topic', ttl: '2419200s' },
    apns: { headers: { 'apns-collapse-id': 'topic' } },
    webpush: { headers: { Topic: 'topic', Urgency: 'high', TTL: '2419200' } },
  });
});

test.each<[Answer, object]>([
  ['UNREGISTERED', { is: 'gone' }],
  ['INVALID_ARGUMENT', { is: 'gone' }],
  ['bad payload', { is: 'failed', why: 'messaging/invalid-argument' }],
  ['SENDER_ID_MISMATCH', { is: 'failed', why: 'messaging/mismatched-credential' }],
  ['INTERNAL', { is: 'busy', why: 'messaging/internal-error', afterMs: undefined }],
])('of one device that is answered %s nobody else hears anything', async (answer, outcome) => {
  await using t = await open();
  t.service.answer('bad', answer);
  expect(await t.transport.send([to('good'), to('bad'), to('too')])).toEqual([{ is: 'sent' }, outcome, { is: 'sent' }]);
});

test('QUOTA_EXCEEDED is tried again when the service says so, each message by its own answer', async () => {
  await using t = await open();
  t.service.retryAfter = '37';
  t.service.answer('one', 'QUOTA_EXCEEDED');
  const why = 'messaging/message-rate-exceeded';
  expect(await t.transport.send([to('one'), to('two')])).toEqual([
    { is: 'busy', why, afterMs: 37_000 },
    { is: 'sent' },
  ]);
});

test('UNAVAILABLE is repeated at once by firebase-admin, and arrives once', async () => {
  await using t = await open();
  t.service.answer('phone', 'UNAVAILABLE');
  expect(await t.transport.send([to('phone')])).toEqual([{ is: 'sent' }]);
  expect(t.service.attempts).toHaveLength(2);
  expect(t.service.arrived).toHaveLength(1);
});

test('a connection that dies amid a batch takes nothing else with it', async () => {
  await using t = await open();
  const tokens = Array.from({ length: 100 }, (_, index) => `phone ${index}`);
  for (const index of [3, 50, 99]) t.service.answer(`phone ${index}`, 'cut');
  expect(await t.transport.send(tokens.map(to))).toEqual(tokens.map(() => ({ is: 'sent' })));
  expect(t.service.arrived.map(({ token }) => token).sort()).toEqual([...tokens].sort());
});
