/** Sockets that send more than they may are slowed: nothing of it is lost, refused or cut off, and nobody else waits. */
import { beforeEach, expect, test } from 'vitest';
import { CLOSE } from '../../schema/close-codes.ts';
import { encodeControl, encodeFrame } from '../../schema/wire/frame.ts';
import { freshDatabase } from '../database/testing.ts';
import { startServer } from '../testing/server.ts';
import { RawSocket } from '../testing/wire.ts';

const ENDLESS = { burst: 1e9, perSecond: 1e9 };
const ENDLESS_EPOCHS = { messages: 1e9, bytes: 1e9, writers: 1e9 };
/** Within the time of a test nothing comes back by itself. */
const STRICT = { burst: 100, perSecond: 1e-6 };
/** Each is a frame of more than a kilobyte, two points: far more than a socket hands over before it is read no further. */
const FLOOD = Array.from({ length: 600 }, (_, index) => `${index} ${'x'.repeat(1_000)}`);

type Kind = 'device' | 'account';
let rates: Record<Kind | 'address', { burst: number; perSecond: number }>;

beforeEach(() => {
  rates = { device: { ...ENDLESS }, account: { ...ENDLESS }, address: { ...ENDLESS } };
});

async function scene(strict: Kind) {
  rates[strict] = { ...STRICT };
  const database = await freshDatabase();
  const server = await startServer({ databaseUrl: database.url, rates, epochLimits: ENDLESS_EPOCHS });
  const [ana, bo] = [await server.signUp('Ana'), await server.signUp('Bo')];
  const document = await server.group(ana, [bo]);
  const slowed = async () =>
    Number(/^tidewire_slowed_sockets (\d+)/m.exec(await (await fetch(`${server.url}/metrics`)).text())?.[1]);
  return {
    ...{ server, ana, bo, document },
    untilSlowed: (count: number) => expect.poll(slowed, { timeout: 30_000 }).toBe(count),
    /** How much of everything is committed. */
    head: async () =>
      (await server.pool.query<{ head: number }>('select head from documents where id = $1', [document])).rows[0]?.head,
    relax() {
      rates[strict].perSecond = 1e9;
    },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await database[Symbol.asyncDispose]();
    },
  };
}

test.each(['device', 'account'] as const)(
  '[P3] what is sent over the rate of the %s arrives later, all of it once; others are served meanwhile',
  async (strict) => {
    await using t = await scene(strict);
    using flooder = await t.server.device(t.ana, t.document);
    using honest = await t.server.device(t.bo, t.document);
    for (const text of FLOOD) flooder.say(text);
    await t.untilSlowed(1);
    honest.say('and in between');
    await honest.settled();
    const head = await t.head();
    expect(head).toBeLessThan(FLOOD.length);
    for (let n = 1; n <= 10; n++) {
      honest.say(`meanwhile ${n}`);
      await honest.settled();
    }
    expect(await t.head()).toBe((head ?? 0) + 10);
    expect(flooder.wire?.raw.ended).toBeUndefined();
    t.relax();
    await flooder.settled();
    expect(flooder.refusals).toEqual([]);
    await honest.until(() => honest.messages.length === FLOOD.length + 11, 'everything');
    expect(honest.texts().filter((text) => text.length > 1_000)).toEqual(FLOOD);
  },
);

test('another socket or device does not help: they wait for the same account, hear that the server lives, and are served then', async () => {
  await using t = await scene('account');
  using flooder = await t.server.device(t.ana, t.document);
  for (const text of FLOOD) flooder.say(text);
  await t.untilSlowed(1);
  const phone = await t.server.signInAgain(t.ana);
  const sockets = [t.ana, phone, phone].map(
    ({ bearer }) => new RawSocket({ port: t.server.port, path: '/sync', headers: { authorization: bearer } }),
  );
  for (const socket of sockets) {
    await socket.opened();
    socket.sendControl({ t: 'open', channel: 1, document: t.document });
  }
  await t.untilSlowed(1 + sockets.length);
  for (const socket of sockets) {
    await socket.control('pong');
    expect(socket.controls.filter(({ t }) => t === 'opened')).toEqual([]);
  }
  t.relax();
  for (const socket of sockets) {
    await socket.control('opened', 1);
    socket[Symbol.dispose]();
  }
  await flooder.settled();
});

test('a session that ends while it is slowed closes at once', async () => {
  await using t = await scene('device');
  using flooder = await t.server.device(t.ana, t.document);
  for (const text of FLOOD) flooder.say(text);
  await t.untilSlowed(1);
  expect((await t.server.ask('POST', '/api/auth/sign-out', t.ana, {})).status).toBe(200);
  expect((await flooder.wire?.raw.end())?.code).toBe(CLOSE.signIn);
  await t.untilSlowed(0);
});

test('a flood of anything is slowed, neither cut off nor heard any further, while others are served', async () => {
  await using t = await scene('device');
  using honest = await t.server.device(t.bo, t.document);
  const flooders: RawSocket[] = [];
  const floods: Record<string, (n: number) => Uint8Array> = {
    pings: () => encodeControl({ t: 'ping' }),
    typing: () => encodeControl({ t: 'typing', conversation: 'c' }),
    'people to watch': () => encodeControl({ t: 'watch', users: ['ana', 'bo'] }),
    channels: (n) => encodeControl({ t: 'open', channel: n + 2, document: 'nobody.0' }),
    'frames on channels that are not open': () => encodeFrame(7, Uint8Array.of(0)),
    awareness: () => encodeFrame(1, Uint8Array.of(1, 1, 0)),
  };
  for (const [what, frame] of Object.entries(floods)) {
    const { bearer } = await t.server.signInAgain(t.ana);
    const flooder = new RawSocket({ port: t.server.port, path: '/sync', headers: { authorization: bearer } });
    flooders.push(flooder);
    await flooder.opened();
    flooder.sendControl({ t: 'open', channel: 1, document: t.document });
    await flooder.control('opened', 1);
    for (let n = 0; n < 20_000; n++) flooder.send(frame(n));
    await t.untilSlowed(flooders.length);
    honest.say(what);
    await honest.settled();
    await t.untilSlowed(flooders.length);
    expect(flooder.ended, what).toBeUndefined();
    expect(flooder.controls.length, what).toBeLessThan(15_000);
  }
  for (const flooder of flooders) flooder[Symbol.dispose]();
});
