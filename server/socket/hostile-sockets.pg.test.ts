/** Attacks below the write path: who may connect, frames, channels, control messages, readers that do not read. */
import { connect as connectTcp } from 'node:net';
import * as encoding from 'lib0/encoding';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { CLOSE } from '../../schema/close-codes.ts';
import { MAX_CHANNELS, MAX_CONTROL_BYTES, MAX_FRAME_BYTES, MAX_WATCHED } from '../../schema/limits.ts';
import { encodeControl, encodeFrame, encodeSync, SUBPROTOCOL, SYNC } from '../../schema/wire/frame.ts';
import { freshDatabase, type TestDatabase } from '../database/testing.ts';
import { type Person, startServer, type TestServer } from '../testing/server.ts';
import { type Path, RawSocket } from '../testing/wire.ts';
import { MAX_CHANNEL_NUMBERS, MAX_STATE_VECTOR_BYTES } from './limits.ts';

const PATHS: readonly Path[] = ['/sync', '/documents'];

let database: TestDatabase;
let server: TestServer;
let ana: Person;
let bo: Person;
let eve: Person;

beforeAll(async () => {
  database = await freshDatabase();
  // Floods are to meet the bounds of sockets, not of epochs.
  const endless = { messages: 1e9, bytes: 1e9, writers: 1e9 };
  server = await startServer({ databaseUrl: database.url, epochLimits: endless });
  [ana, bo, eve] = (await Promise.all(['ana', 'bo', 'eve'].map((name) => server.signUp(name)))) as [
    Person,
    Person,
    Person,
  ];
});

afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
  await database?.[Symbol.asyncDispose]();
});

afterEach(() => {
  // Emptied, so that a test fails for its own attack only.
  expect(server.lines.splice(0).filter((line) => line.includes('broke the room'))).toEqual([]);
});

const socket = (path: string, headers: Record<string, string> = {}, protocols?: string[]): RawSocket =>
  new RawSocket({ port: server.port, path, headers, ...(protocols && { protocols }) });
const shared = async (person: Person): Promise<RawSocket> => {
  const raw = socket('/sync', { authorization: person.bearer });
  await raw.opened();
  return raw;
};
const payload = (write: (out: encoding.Encoder) => void): Uint8Array => {
  const out = encoding.createEncoder();
  write(out);
  return encoding.toUint8Array(out);
};
/** A control message with any text for JSON. */
const control = (text: string): Uint8Array =>
  payload((out) => {
    encoding.writeVarUint(out, 0);
    encoding.writeVarString(out, text);
  });
const headOf = async (document: string): Promise<number> =>
  (await server.pool.query<{ head: number }>('select head from documents where id = $1', [document])).rows[0]?.head ??
  -1;

describe('without a valid session', () => {
  test.each([
    ['nothing', {}],
    ['an empty token', { authorization: 'Bearer ' }],
    ['an invented token', { authorization: 'Bearer abc.def' }],
    ['a token in the wrong scheme', { authorization: 'Basic abc' }],
    ['an invented cookie', { cookie: 'tidewire.session_token=abc.def', origin: 'http://127.0.0.1' }],
    ['headers of many kilobytes', { authorization: `Bearer ${'x'.repeat(8_000)}` }],
  ])('a socket that shows %s is upgraded and closed with 4401', async (_, headers) => {
    const document = await server.group(ana, [bo]);
    for (const path of ['/sync', `/documents/${document}`]) {
      using raw = socket(path, headers);
      expect((await raw.end()).code).toBe(CLOSE.signIn);
      expect(raw.frames).toEqual([]);
    }
  });

  test('frames sent at once, before anybody is authorized, are not heard', async () => {
    const document = await server.group(ana, [bo]);
    const head = await headOf(document);
    using raw = socket('/sync', { authorization: 'Bearer abc.def' });
    await raw.opened();
    raw.sendControl({ t: 'open', channel: 1, document });
    raw.sendControl({ t: 'ping' });
    raw.send(encodeFrame(1, encodeSync(SYNC.step1, Uint8Array.of(0))));
    expect((await raw.end()).code).toBe(CLOSE.signIn);
    expect(raw.frames).toEqual([]);
    expect(await headOf(document)).toBe(head);
  });

  test('a socket that goes on sending large frames is not listened to until it chooses to stop', async () => {
    using raw = socket('/sync', { authorization: 'Bearer abc.def' });
    await raw.opened();
    const chunk = new Uint8Array(1024 * 1024);
    // A fragment after another: the server must not gather them.
    for (let i = 0; i < 100; i++) raw.socket.send(chunk, { fin: false });
    expect((await raw.end()).code).toBe(CLOSE.signIn);
    expect(raw.frames).toEqual([]);
  });

  test('a request that never finishes costs a timer and no more', async () => {
    const tcp = connectTcp(server.port, '127.0.0.1');
    await new Promise((resolve) => tcp.once('connect', resolve));
    tcp.write('GET /sync HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n');
    using alive = await shared(ana);
    alive.sendControl({ t: 'ping' });
    await alive.control('pong');
    tcp.destroy();
  });

  test('a session that is over closes its sockets', async () => {
    const document = await server.group(ana, [bo]);
    const guest = await server.signUp('guest');
    using raw = await shared(guest);
    using other = await server.wire(ana, document);
    const response = await server.ask('POST', '/api/auth/sign-out', guest, {}, { origin: server.url });
    expect(response.status).toBe(200);
    expect((await raw.end()).code).toBe(CLOSE.signIn);
    using again = socket('/sync', { authorization: guest.bearer });
    expect((await again.end()).code).toBe(CLOSE.signIn);
    expect(other.raw.ended).toBeUndefined();
  });
});

describe('a page of another site', () => {
  test.each(['https://evil.example', 'null', 'http://127.0.0.1:1', 'http://localhost.evil.example', ''])(
    'cannot use the cookie of its visitor: %s',
    async (origin) => {
      const document = await server.group(ana, [bo]);
      for (const path of ['/sync', `/documents/${document}`]) {
        using raw = socket(path, { cookie: ana.cookie, ...(origin && { origin }) });
        expect((await raw.end()).code).toBe(CLOSE.notMember);
        expect(raw.frames).toEqual([]);
      }
    },
  );

  test('is told apart from our own pages, and from programs with a token', async () => {
    using own = socket('/sync', { cookie: ana.cookie, origin: server.url });
    using program = socket('/sync', { authorization: ana.bearer, origin: 'https://evil.example' });
    for (const raw of [own, program]) {
      await raw.opened();
      raw.sendControl({ t: 'ping' });
      await raw.control('pong');
    }
  });
});

describe('a document', () => {
  test('that one is no member of is closed with 4403, on /sync without closing the connection', async () => {
    const document = await server.group(ana, [bo]);
    using raw = await shared(eve);
    raw.sendControl({ t: 'open', channel: 1, document });
    expect((await raw.control('closed', 1)).code).toBe(CLOSE.notMember);
    raw.sendControl({ t: 'ping' });
    await raw.control('pong');
    using alone = socket(`/documents/${document}`, { authorization: eve.bearer });
    expect((await alone.end()).code).toBe(CLOSE.notMember);
    expect(alone.frames).toEqual([]);
  });

  test.each(['nobody.0', 'c', '', '..', 'a/b', '%2e%2e', '%00', '%zz', 'x'.repeat(200), 'a.01', 'a.-1', 'a.1e3'])(
    'that does not exist is closed with 4404: “%s”',
    async (name) => {
      using raw = await shared(ana);
      raw.sendControl({ t: 'open', channel: 1, document: name });
      expect((await raw.control('closed', 1)).code).toBe(CLOSE.noDocument);
      raw.sendControl({ t: 'ping' });
      await raw.control('pong');
      if (name === '' || name === '..' || name.includes('/') || name === '%2e%2e') return;
      using alone = socket(`/documents/${name}`, { authorization: ana.bearer });
      expect((await alone.end()).code).toBe(CLOSE.noDocument);
    },
  );

  test('of a later epoch than there is does not exist', async () => {
    const document = await server.group(ana, [bo]);
    using alone = socket(`/documents/${document.replace('.0', '.1')}`, { authorization: ana.bearer });
    expect((await alone.end()).code).toBe(CLOSE.noDocument);
  });

  test('that was deleted while it was open does not exist, from then on', async () => {
    const document = await server.group(ana, [bo]);
    using raw = await shared(bo);
    raw.sendControl({ t: 'open', channel: 1, document });
    await raw.control('opened', 1);
    const deleted = await server.ask('DELETE', `/api/conversations/${document.replace('.0', '')}`, ana);
    expect(deleted.status).toBe(204);
    expect((await raw.control('closed', 1)).code).toBe(CLOSE.noDocument);
    raw.sendControl({ t: 'open', channel: 2, document });
    expect((await raw.control('closed', 2)).code).toBe(CLOSE.noDocument);
  });

  test('of another generation is closed with 4409 before anything of the old copy is taken', async () => {
    const document = await server.group(ana, [bo]);
    using raw = await shared(bo);
    raw.sendControl({ t: 'open', channel: 1, document, generation: 'of old' });
    raw.send(encodeFrame(1, encodeSync(SYNC.step2, Uint8Array.of(0, 0))));
    expect((await raw.control('closed', 1)).code).toBe(CLOSE.generation);
    raw.sendControl({ t: 'open', channel: 2, document });
    const { generation } = await raw.control('opened', 2);
    raw.sendControl({ t: 'open', channel: 3, document, generation });
    await raw.control('opened', 3);
    raw.sendControl({ t: 'open', channel: 6, document, generation: null });
    await raw.control('opened', 6);
    for (const [index, other] of ['', 'x'.repeat(1_000)].entries()) {
      raw.sendControl({ t: 'open', channel: 4 + index, document, generation: other });
      expect((await raw.control('closed', 4 + index)).code).toBe(CLOSE.generation);
    }
  });

  test('one was removed from takes nothing more: neither now nor what was written offline', async () => {
    const document = await server.group(ana, [bo, eve]);
    using owner = await server.device(ana, document);
    using kicked = await server.device(eve, document);
    using phone = await server.wire(eve, document, '/documents');
    kicked.say('as a member');
    await kicked.settled();
    const wire = kicked.wire;
    kicked.wire = undefined;
    kicked.say('written offline');
    const response = await server.ask('DELETE', `/api/conversations/${document.slice(0, -2)}/members/${eve.id}`, ana);
    expect(response.status).toBeLessThan(300);
    await wire?.raw.bell.until(() => wire.closing, 'the end of the channel');
    expect(wire?.closing?.code).toBe(CLOSE.notMember);
    expect((await phone.raw.end()).code).toBe(CLOSE.notMember);
    wire?.sendUpdate(kicked.state());
    for (const path of PATHS) {
      using again = await server.wire(eve, document, path);
      again.sendStep2(kicked.state());
      if (path === '/sync') expect(again.closing?.code).toBe(CLOSE.notMember);
      else expect((await again.raw.end()).code).toBe(CLOSE.notMember);
      expect(again.heard).toEqual([]);
      again.raw.socket.close();
    }
    owner.say('without eve');
    await owner.settled();
    expect(owner.texts()).toEqual(['as a member', 'without eve']);
    const { rows } = await server.pool.query('select "update" from journal where document = $1', [document]);
    expect(rows.some(({ update }: { update: Buffer }) => update.includes('written offline'))).toBe(false);
    wire?.[Symbol.dispose]();
  });
});

describe('a control message', () => {
  test.each([
    ['no JSON', 'open'],
    ['half of JSON', '{"t":"open"'],
    ['null', 'null'],
    ['a number', '5'],
    ['an array', '[]'],
    ['without a type', '{}'],
    ['whose type is a number', '{"t":1}'],
    ['whose type is an object', '{"t":{}}'],
    ['open without a document', '{"t":"open","channel":1}'],
    ['open without a channel', '{"t":"open","document":"c.0"}'],
    ['open of channel 0', '{"t":"open","channel":0,"document":"c.0"}'],
    ['open of channel -1', '{"t":"open","channel":-1,"document":"c.0"}'],
    ['open of channel 1.5', '{"t":"open","channel":1.5,"document":"c.0"}'],
    ['open of channel 2^60', '{"t":"open","channel":1152921504606846976,"document":"c.0"}'],
    ['open of channel "1"', '{"t":"open","channel":"1","document":"c.0"}'],
    ['open of an array', '{"t":"open","channel":1,"document":["c.0"]}'],
    ['open with a generation that is a number', '{"t":"open","channel":1,"document":"c.0","generation":1}'],
    ['close without a channel', '{"t":"close"}'],
    ['watch of too many', JSON.stringify({ t: 'watch', users: Array.from({ length: MAX_WATCHED + 1 }, () => 'a') })],
    ['nested deeply', '['.repeat(8_000)],
    ['too long', JSON.stringify({ t: 'ping', x: 'x'.repeat(MAX_CONTROL_BYTES) })],
  ])('that is malformed closes with 4400: %s', async (_, text) => {
    using raw = await shared(ana);
    raw.send(control(text));
    expect((await raw.end()).code).toBe(CLOSE.hostile);
  });

  test('cannot reach a prototype', async () => {
    using raw = await shared(ana);
    raw.send(control('{"t":"__proto__"}'));
    raw.send(control('{"t":"ping","__proto__":{"polluted":1}}'));
    await raw.control('pong');
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  test('of a type that only a newer server knows is ignored', async () => {
    using raw = await shared(ana);
    raw.sendControl({ t: 'dance', partner: 'bo' });
    raw.sendControl({ t: 'ping' });
    await raw.control('pong');
    expect(raw.controls).toEqual([{ t: 'pong' }]);
  });
});

describe('a frame', () => {
  test('of text closes with 4400, on either path', async () => {
    const document = await server.group(ana, [bo]);
    for (const path of ['/sync', `/documents/${document}`]) {
      using raw = socket(path, { authorization: ana.bearer });
      await raw.opened();
      raw.send('{"t":"ping"}');
      expect((await raw.end()).code).toBe(CLOSE.hostile);
    }
  });

  test.each([
    ['nothing', new Uint8Array(0)],
    ['a channel number without end', new Uint8Array(20).fill(0xff)],
    ['a control message that claims more bytes than there are', Uint8Array.of(0, 0x80, 0x80, 0x80, 0x80, 0x20, 1)],
  ])('of %s closes /sync with 4400', async (_, bytes) => {
    using raw = await shared(ana);
    raw.send(bytes);
    expect((await raw.end()).code).toBe(CLOSE.hostile);
  });

  test.each([
    ['nothing', new Uint8Array(0)],
    ['an unknown message', Uint8Array.of(4)],
    ['an unknown message of the server', Uint8Array.of(99)],
    ['an acknowledgement', Uint8Array.of(100, 1, 1, 1)],
    ['a refusal', Uint8Array.of(101, 2, 0x7b, 0x7d)],
    ['a sync message without a type', Uint8Array.of(0)],
    ['an unknown sync message', Uint8Array.of(0, 3, 0)],
    ['a sync message without bytes', Uint8Array.of(0, 2)],
    ['a sync message that claims more bytes than there are', Uint8Array.of(0, 2, 100, 0, 0)],
    ['a sync message that claims 2^40 bytes', Uint8Array.of(0, 2, 0x80, 0x80, 0x80, 0x80, 0x80, 0x20)],
    ['a state vector that is cut', encodeSync(SYNC.step1, Uint8Array.of(2, 1, 1))],
    [
      'a state vector that claims 2^40 writers',
      encodeSync(SYNC.step1, Uint8Array.of(0x80, 0x80, 0x80, 0x80, 0x80, 0x20)),
    ],
    ['a state vector of nothing', encodeSync(SYNC.step1, new Uint8Array(0))],
    ['a state vector that is too long', encodeSync(SYNC.step1, new Uint8Array(MAX_STATE_VECTOR_BYTES + 1))],
  ])('of a document that holds %s closes with 4400, on either path', async (_, bytes) => {
    const document = await server.group(ana, [bo]);
    for (const path of PATHS) {
      using wire = await server.wire(bo, document, path);
      wire.send(bytes);
      expect((await wire.raw.end()).code).toBe(CLOSE.hostile);
      if (path === '/sync') expect(wire.closing?.code).toBe(CLOSE.hostile);
    }
  });

  test('that claims more than it holds shows nobody what else is in memory', async () => {
    const document = await server.group(ana, [bo]);
    using watcher = await server.device(ana, document);
    using wire = await server.wire(bo, document, '/documents');
    // Split in two, so that the server joins it in memory it shares with others.
    const claim = payload((out) => {
      encoding.writeVarUint(out, 0);
      encoding.writeVarUint(out, SYNC.update);
      encoding.writeVarUint(out, 4_000);
      encoding.writeUint8Array(out, Uint8Array.of(1, 1, 77, 0, 8, 1));
      encoding.writeVarString(out, 'messages');
    });
    wire.raw.socket.send(claim.subarray(0, 4), { fin: false });
    wire.raw.socket.send(claim.subarray(4), { fin: true });
    expect((await wire.raw.end()).code).toBe(CLOSE.hostile);
    await watcher.catchUp();
    expect(watcher.texts()).toEqual([]);
  });

  test('of more than 8 MiB ends the socket, also in many pieces', async () => {
    const document = await server.group(ana, [bo]);
    using one = await server.wire(bo, document);
    one.raw.send(new Uint8Array(MAX_FRAME_BYTES + 1));
    expect((await one.raw.end()).code).toBe(CLOSE.hostile);
    using pieces = await server.wire(bo, document);
    for (let i = 0; i < 9; i++) pieces.raw.socket.send(new Uint8Array(1024 * 1024), { fin: false });
    expect((await pieces.raw.end()).code).toBe(CLOSE.hostile);
    using crumbs = await server.wire(bo, document);
    for (let i = 0; i < 20_000; i++) crumbs.raw.socket.send(Uint8Array.of(0), { fin: false });
    expect((await crumbs.raw.end()).code).toBe(1008);
  });

  test('of just 8 MiB is read, and judged', async () => {
    const document = await server.group(ana, [bo]);
    using wire = await server.wire(bo, document, '/documents');
    wire.raw.send(encodeSync(SYNC.update, new Uint8Array(MAX_FRAME_BYTES - 10).fill(0x41)));
    expect((await wire.raw.end()).code).toBe(CLOSE.hostile);
  });

  test('of awareness, auth or a query is neither answered nor relayed', async () => {
    const document = await server.group(ana, [bo]);
    using victim = await server.wire(ana, document, '/documents');
    for (const path of PATHS) {
      using wire = await server.wire(bo, document, path);
      const heard = wire.heard.length;
      // Awareness in the name of clientID 5: "I am somebody else".
      wire.send(
        payload((out) => {
          encoding.writeVarUint(out, 1);
          encoding.writeVarUint8Array(
            out,
            payload((inner) => {
              for (const number of [1, 5, 1]) encoding.writeVarUint(inner, number);
              encoding.writeVarString(inner, '{"user":"ana"}');
            }),
          );
        }),
      );
      wire.send(Uint8Array.of(2, 0, 0));
      wire.send(Uint8Array.of(3));
      await wire.ask();
      expect(wire.heard.slice(heard).map(({ is }) => is)).toEqual(['step2']);
    }
    expect(victim.heard.filter(({ is }) => is === 'other')).toEqual([]);
  });

  test('is never compressed, whatever the client offers', async () => {
    using raw = socket('/sync', { authorization: ana.bearer });
    await raw.opened();
    expect(raw.socket.extensions).toBe('');
  });
});

describe('channels', () => {
  test('a number that was used before closes the connection with 4400', async () => {
    const document = await server.group(ana, [bo]);
    for (const between of [[], [{ t: 'close', channel: 1 }]]) {
      using raw = await shared(ana);
      raw.sendControl({ t: 'open', channel: 1, document });
      await raw.control('opened', 1);
      for (const message of between) raw.sendControl(message);
      raw.sendControl({ t: 'open', channel: 1, document });
      expect((await raw.end()).code).toBe(CLOSE.hostile);
    }
  });

  test('frames on channels that are closed, not opened yet or unknown are dropped in silence', async () => {
    const document = await server.group(ana, [bo]);
    const head = await headOf(document);
    using device = await server.device(bo, document);
    using raw = await shared(ana);
    const garbage = Uint8Array.of(99, 99, 99);
    raw.sendControl({ t: 'open', channel: 1, document });
    raw.send(encodeFrame(1, garbage));
    await raw.control('opened', 1);
    raw.sendControl({ t: 'close', channel: 1 });
    raw.send(encodeFrame(1, garbage));
    raw.send(encodeFrame(2, garbage));
    raw.sendControl({ t: 'close', channel: 7 });
    raw.sendControl({ t: 'ping' });
    await raw.control('pong');
    expect(raw.ended).toBeUndefined();
    const count = raw.frames.length;
    device.say('a closed channel hears nothing of it');
    await device.settled();
    raw.sendControl({ t: 'ping' });
    await raw.bell.until(() => raw.controls.filter(({ t }) => t === 'pong').length === 2, 'the second pong');
    // The head notice, which concerns those who do not hold the document, and the pong.
    expect(raw.controls.slice(-2).map(({ t }) => t)).toEqual(['head', 'pong']);
    expect(raw.frames.length).toBe(count + 2);
    expect(await headOf(document)).toBe(head + 1);
  });

  test('thousands opened at once are refused beyond the bound, and nobody else waits for it', async () => {
    const document = await server.group(ana, [bo]);
    using honest = await server.device(bo, document);
    using raw = await shared(ana);
    for (let channel = 1; channel <= 3_000; channel++) raw.sendControl({ t: 'open', channel, document });
    honest.say('still served');
    await honest.settled();
    await raw.bell.until(() => raw.controls.filter(({ t }) => t !== 'head').length >= 3_000, 'an answer to each');
    const opened = raw.controls.filter(({ t }) => t === 'opened').length;
    expect(opened).toBeGreaterThan(0);
    expect(opened).toBeLessThanOrEqual(MAX_CHANNELS);
    const refused = raw.controls.filter((message) => message.t === 'closed' && message.code === CLOSE.tooMany).length;
    expect(opened + refused).toBe(3_000);
  });

  test('numbers without end send the connection away', async () => {
    using raw = await shared(ana);
    for (let channel = 1; channel <= MAX_CHANNEL_NUMBERS + 1; channel++)
      raw.sendControl({ t: 'open', channel, document: 'nobody.0' });
    expect((await raw.end()).code).toBe(CLOSE.overload);
  });

  test('a hostile channel takes the whole connection with it, and nothing sent behind is heard', async () => {
    const [one, two] = [await server.group(ana, [bo]), await server.group(ana, [bo])];
    using raw = await shared(bo);
    raw.sendControl({ t: 'open', channel: 1, document: one });
    raw.sendControl({ t: 'open', channel: 2, document: two });
    await Promise.all([raw.control('opened', 1), raw.control('opened', 2)]);
    raw.send(encodeFrame(1, Uint8Array.of(99)));
    raw.sendControl({ t: 'ping' });
    expect((await raw.end()).code).toBe(CLOSE.hostile);
    expect(raw.controls.filter(({ t }) => t === 'pong')).toEqual([]);
  });
});

describe('a reader that does not read', () => {
  test('is cut off, and its companions are served as before', async () => {
    const document = await server.group(ana, [bo, eve]);
    using writer = await server.device(ana, document);
    using honest = await server.device(bo, document);
    using slow = await shared(eve);
    for (let channel = 1; channel <= 50; channel++) {
      slow.sendControl({ t: 'open', channel, document });
      await slow.control('opened', channel);
      // Who never asks is told nothing.
      slow.send(encodeFrame(channel, encodeSync(SYNC.step1, Uint8Array.of(0))));
    }
    slow.socket.pause();
    let count = 0;
    // Each 300 kB, fifty times for the slow one: its socket takes a few megabytes, the server four more.
    for (; count < 20 && !slow.ended; count++) {
      writer.doc.transact(() => {
        for (let i = 0; i < 40; i++) writer.say('x'.repeat(7_500));
      });
      await writer.settled();
    }
    expect(process.memoryUsage().arrayBuffers).toBeLessThan(300e6);
    slow.socket.resume();
    expect((await slow.end()).code).toBe(1006);
    await honest.until(() => honest.messages.length === count * 40, 'every message');
  });

  test('and asks all the time is answered no faster than it reads', async () => {
    const document = await server.group(ana, [bo]);
    using writer = await server.device(ana, document);
    writer.doc.transact(() => {
      for (let i = 0; i < 500; i++) writer.say('x'.repeat(1_000));
    });
    await writer.settled();
    for (const path of PATHS) {
      using wire = await server.wire(bo, document, path);
      wire.raw.socket.pause();
      const before = process.memoryUsage().arrayBuffers;
      const question = encodeSync(SYNC.step1, Uint8Array.of(1, 5, 0));
      for (let i = 0; i < 5_000; i++) wire.send(question);
      writer.say('meanwhile');
      await writer.settled();
      for (let i = 0; i < 20; i++) await writer.catchUp();
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(200e6);
      wire.raw.socket.resume();
      await wire.raw.bell.until(() => wire.all('step2').length > 0 || wire.raw.ended, 'an answer');
    }
  });

  test('who reads slowly gets every answer of the many documents it opens', async () => {
    const documents = await Promise.all(Array.from({ length: 30 }, () => server.group(ana, [bo])));
    for (const document of documents) {
      using writer = await server.device(ana, document);
      writer.doc.transact(() => {
        for (let i = 0; i < 40; i++) writer.say('x'.repeat(7_500));
      });
      await writer.settled();
    }
    using slow = await shared(bo);
    for (const [index, document] of documents.entries()) slow.sendControl({ t: 'open', channel: index + 1, document });
    await Promise.all(documents.map((_, index) => slow.control('opened', index + 1)));
    slow.socket.pause();
    for (const [index] of documents.entries())
      slow.send(encodeFrame(index + 1, encodeSync(SYNC.step1, Uint8Array.of(0))));
    using honest = await shared(ana);
    for (let i = 0; i < 50; i++) {
      const pongs = honest.controls.length;
      honest.sendControl({ t: 'ping' });
      await honest.bell.until(() => honest.controls.length > pongs, 'a pong');
    }
    slow.socket.resume();
    const large = (): number => slow.frames.filter(({ length }) => length > 300_000).length;
    await slow.bell.until(() => large() === documents.length || slow.ended, 'all answers');
    expect([large(), slow.ended]).toEqual([documents.length, undefined]);
  });
});

test('a stock client is not told what it does not know', async () => {
  const document = await server.group(ana, [bo]);
  using stock = socket(`/documents/${document}`, { authorization: bo.bearer }, []);
  await stock.opened();
  using ours = socket(`/documents/${document}`, { authorization: bo.bearer }, ['other', SUBPROTOCOL]);
  await ours.opened();
  expect([stock.socket.protocol, ours.socket.protocol]).toEqual(['', SUBPROTOCOL]);
  const from = bo.id;
  for (const [raw, writer] of [
    [stock, 101],
    [ours, 102],
  ] as const) {
    const id = `${writer.toString(36)}-0`;
    const value = { id, from, at: 1, text: '' };
    const update = payload((out) => {
      for (const number of [1, 1, writer, 0, 8, 1]) encoding.writeVarUint(out, number);
      encoding.writeVarString(out, 'messages');
      encoding.writeVarUint(out, 1);
      encoding.writeAny(out, value);
      encoding.writeVarUint(out, 0);
    });
    raw.send(encodeSync(SYNC.update, update));
    raw.send(encodeSync(SYNC.step1, Uint8Array.of(0)));
  }
  const types = (raw: RawSocket): number[] => raw.frames.map((frame) => frame[0] as number);
  await ours.bell.until(() => types(ours).includes(100), 'an acknowledgement');
  expect(types(ours)).toContain(101);
  await stock.bell.until(() => stock.frames.length >= 2, 'an answer');
  expect(new Set(types(stock))).toEqual(new Set([0]));
  expect(encodeControl({ t: 'ping' })[0]).toBe(0);
});
