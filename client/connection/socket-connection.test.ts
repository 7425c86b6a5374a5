import * as decoding from 'lib0/decoding';
import { expect, test } from 'vitest';
import { encodeControl, encodeFrame } from '../../schema/wire/frame.ts';
import { channelSocketClass } from './channel-socket.ts';
import type { ChannelEvents } from './connection.ts';
import { SocketConnection } from './socket-connection.ts';
import { TestClock, TestSocket, TestWake } from './testing-link.ts';

function connect() {
  const sockets: TestSocket[] = [];
  const clock = new TestClock();
  const wake = new TestWake();
  const connection = new SocketConnection({
    url: 'ws://server/sync',
    createSocket: () => {
      const socket = new TestSocket();
      sockets.push(socket);
      return socket;
    },
    clock,
    wake,
    random: () => 0,
  });
  const socket = () => sockets.at(-1) as TestSocket;
  return { connection, clock, wake, sockets, socket };
}

function recorder() {
  const heard: unknown[] = [];
  const events: ChannelEvents = {
    opened: (generation) => heard.push(['opened', generation]),
    payload: (bytes) => heard.push(['payload', [...bytes]]),
    closed: (code, reason) => heard.push(['closed', code, reason]),
  };
  return { heard, events };
}

/** Control messages among what was sent, without pings. */
function controls(socket: TestSocket): { t: string; channel?: number }[] {
  return socket.sent
    .map((frame) => decoding.createDecoder(frame))
    .filter((decoder) => decoding.readVarUint(decoder) === 0)
    .map((decoder) => JSON.parse(decoding.readVarString(decoder)))
    .filter((message) => message.t !== 'ping');
}

test('a channel wanted before there is a connection is asked for once there is one', () => {
  const { connection, socket } = connect();
  const { heard, events } = recorder();
  connection.open('c.0', 'g1', events);
  connection.request();
  socket().accept();
  expect(controls(socket())).toEqual([{ t: 'open', channel: 1, document: 'c.0', generation: 'g1' }]);
  socket().deliver(encodeControl({ t: 'opened', channel: 1, generation: 'g1' }));
  socket().deliver(encodeFrame(1, Uint8Array.of(7, 8)));
  expect(heard).toEqual([
    ['opened', 'g1'],
    ['payload', [7, 8]],
  ]);
});

test('a refusal about one document closes its channel only', () => {
  const { connection, socket } = connect();
  const [first, second] = [recorder(), recorder()];
  connection.request();
  socket().accept();
  connection.open('a.0', undefined, first.events);
  connection.open('b.0', undefined, second.events);
  socket().deliver(encodeControl({ t: 'closed', channel: 1, code: 4403, reason: 'not a member' }));
  socket().deliver(encodeFrame(1, Uint8Array.of(1)));
  socket().deliver(encodeFrame(2, Uint8Array.of(2)));
  expect(first.heard).toEqual([['closed', 4403, 'not a member']]);
  expect(second.heard).toEqual([['payload', [2]]]);
  expect(socket().isClosedByClient).toBe(false);
});

test('all channels end with the connection, and numbers are not used again', () => {
  const { connection, socket, clock } = connect();
  const { heard, events } = recorder();
  connection.request();
  socket().accept();
  connection.open('a.0', undefined, events);
  socket().end(1006);
  expect(heard).toEqual([['closed', 1006, '']]);
  connection.open('a.0', undefined, events);
  clock.advance(1);
  socket().accept();
  expect(controls(socket())).toEqual([{ t: 'open', channel: 2, document: 'a.0' }]);
});

test('a dead connection is replaced although its socket never says that it closed', () => {
  const { connection, socket, sockets, clock } = connect();
  connection.request();
  socket().accept();
  socket().deliver(encodeControl({ t: 'pong' }));
  clock.advance(25_000);
  expect(sockets.length).toBe(2);
  expect(sockets[0]?.isClosedByClient).toBe(true);
});

test('the network coming back connects at once', () => {
  const { connection, socket, sockets, wake } = connect();
  connection.request();
  socket().end(1006);
  wake.hint();
  expect(sockets.length).toBe(2);
});

test('disposing ends timers, hints and the socket', () => {
  const { connection, socket, sockets, wake, clock } = connect();
  connection.request();
  socket().accept();
  connection[Symbol.dispose]();
  wake.hint();
  clock.advance(600_000);
  expect(sockets.length).toBe(1);
  expect(socket().isClosedByClient).toBe(true);
});

test('a channel socket opens after its generation is stored, and early payloads wait for it', async () => {
  const { connection, socket } = connect();
  let stored: () => void = () => undefined;
  const ChannelSocket = channelSocketClass({
    connection,
    document: 'a.0',
    generation: () => undefined,
    onGeneration: () => new Promise((resolve) => (stored = resolve)),
  });
  const heard: string[] = [];
  const channel = new ChannelSocket('channel:/a.0');
  channel.onopen = () => heard.push('open');
  channel.onmessage = (event) => heard.push(`message ${event.data}`);
  connection.request();
  socket().accept();
  socket().deliver(encodeControl({ t: 'opened', channel: 1, generation: 'g1' }));
  socket().deliver(encodeFrame(1, Uint8Array.of(5)));
  expect(heard).toEqual([]);
  stored();
  await new Promise((resolve) => setImmediate(resolve));
  expect(heard).toEqual(['open', 'message 5']);
});

test('awareness never leaves a channel socket', async () => {
  const { connection, socket } = connect();
  const ChannelSocket = channelSocketClass({
    connection,
    document: 'a.0',
    generation: () => undefined,
    onGeneration: async () => undefined,
  });
  const channel = new ChannelSocket('channel:/a.0');
  connection.request();
  socket().accept();
  socket().deliver(encodeControl({ t: 'opened', channel: 1, generation: 'g1' }));
  await new Promise((resolve) => setImmediate(resolve));
  const before = socket().sent.length;
  channel.send(Uint8Array.of(1, 1, 0));
  channel.send(Uint8Array.of(3));
  channel.send(Uint8Array.of(0, 0, 0));
  expect(
    socket()
      .sent.slice(before)
      .map((frame) => [...frame]),
  ).toEqual([[1, 0, 0, 0]]);
});
