/** Web Push against a service that decrypts as a browser would and checks who sends. */
import { expect, test } from 'vitest';
import type { PushPayload } from '../../schema/http/push.ts';
import { startPushService } from './testing-push-service.ts';
import { describeTransport } from './transport.contract.ts';
import type { Outcome, Outgoing } from './transport.ts';
import { createWebPushTransport } from './web-push.ts';

const clock = { now: () => Date.now() };
const config = { subject: 'mailto:admin@example.org', privateKey: Buffer.alloc(32, 7).toString('base64url') };
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

async function open() {
  const service = await startPushService();
  const transport = createWebPushTransport({ config, clock, agent: service.agent });
  return {
    ...{ service, transport },
    tokenFor: (name: string) => JSON.stringify(service.subscribe(name)),
    async [Symbol.asyncDispose]() {
      await transport[Symbol.asyncDispose]();
      await service[Symbol.asyncDispose]();
    },
  };
}

describeTransport('Web Push', open);

test('the browser can read it, the service knows who sends it, and one of a topic is enough', async () => {
  await using t = await open();
  const message: Outgoing = { token: t.tokenFor('ana'), platform: 'webpush', payload, topic: 'topic' };
  expect(await t.transport.send([message])).toEqual([{ is: 'sent' }]);
  const [{ payload: read, headers } = {}] = t.service.arrived;
  expect(read).toEqual(payload);
  expect(headers).toMatchObject({ 'content-encoding': 'aes128gcm', topic: 'topic', urgency: 'high', ttl: '2419200' });
});

test.each<[string, Outcome]>([
  ['UNREGISTERED', { is: 'gone' }],
  ['QUOTA_EXCEEDED', { is: 'busy', why: '429', afterMs: 12_000 }],
  ['UNAVAILABLE', { is: 'busy', why: '503', afterMs: 12_000 }],
  ['INVALID_ARGUMENT', { is: 'failed', why: '400' }],
  ['cut', { is: 'busy', why: 'ECONNRESET' }],
])('a device whose service answers %s', async (answer, outcome) => {
  await using t = await open();
  t.service.retryAfter = '12';
  t.service.answer('/bad', answer as 'cut');
  const messages = ['good', 'bad'].map((name) => ({
    ...{ token: t.tokenFor(name), platform: 'webpush', payload, topic: undefined },
  }));
  expect(await t.transport.send(messages)).toEqual([{ is: 'sent' }, outcome]);
});

test('what is no subscription, or leads into the network of the server, is forgotten without a request', async () => {
  await using t = await open();
  await using real = createWebPushTransport({ config, clock });
  const { keys } = t.service.subscribe('x');
  const tokens = [
    'no subscription',
    JSON.stringify({ endpoint: 'https://push.example.org/x', keys: { ...keys, p256dh: 'A'.repeat(87) } }),
  ];
  const bad = (token: string) => ({ token, platform: 'webpush', payload, topic: undefined });
  expect(await t.transport.send(tokens.map(bad))).toEqual([{ is: 'gone' }, { is: 'gone' }]);
  expect(t.service.attempts).toEqual([]);
  const inside = ['https://127.0.0.1/x', 'https://[::1]/x', 'https://2130706433/x'];
  const outcomes = await real.send(inside.map((endpoint) => bad(JSON.stringify({ endpoint, keys }))));
  expect(outcomes).toEqual(inside.map(() => ({ is: 'gone' })));
  expect(await real.send([bad(JSON.stringify({ endpoint: 'https://localhost/x', keys }))])).toEqual([
    { is: 'busy', why: 'NO_PUBLIC_ADDRESS' },
  ]);
});
