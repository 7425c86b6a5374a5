import { expect, test, vi } from 'vitest';
import * as Y from 'yjs';
import { encodeControl, encodeFrame, encodeSync, SYNC } from '../../schema/wire/frame.ts';
import { SocketConnection } from '../connection/socket-connection.ts';
import { TestClock, TestSocket, TestWake } from '../connection/testing-link.ts';
import { openDocumentChannel } from './document-channel.ts';

// Before anything is imported: lib0 keeps the `Date.now` it finds when it is loaded.
vi.hoisted(() => vi.useFakeTimers());

test('an idle channel stays open, however long the server says nothing about its document', async () => {
  const socket = new TestSocket();
  using connection = new SocketConnection({
    url: '',
    createSocket: () => socket,
    clock: new TestClock(),
    wake: new TestWake(),
    random: () => 0,
  });
  const closed: number[] = [];
  const synced: boolean[] = [];
  using channel = openDocumentChannel({
    connection,
    document: 'talk.0',
    doc: new Y.Doc(),
    generation: () => undefined,
    onGeneration: async () => undefined,
    onSynced: (isSynced) => synced.push(isSynced),
    onAcknowledged: () => undefined,
    onRefused: () => undefined,
    onClosed: (code) => closed.push(code),
  });
  channel.connect();
  connection.request();
  socket.accept();
  socket.deliver(encodeControl({ t: 'opened', channel: 1, generation: 'g1' }));
  await vi.advanceTimersByTimeAsync(0);
  socket.deliver(encodeFrame(1, encodeSync(SYNC.step2, Y.encodeStateAsUpdate(new Y.Doc()))));
  await vi.advanceTimersByTimeAsync(10 * 60_000);
  vi.useRealTimers();
  expect(synced).toEqual([true]);
  expect(closed).toEqual([]);
});
