import { Duplex } from 'node:stream';
import { expect, test } from 'vitest';
import { MAX_SEND_QUEUE_BYTES, MAX_TURN_BYTES } from './limits.ts';
import { Outlet } from './outlet.ts';

/** A peer that reads only when told. */
class Peer extends Duplex {
  readonly taken: Buffer[] = [];
  #next: (() => void) | undefined;
  isReading = true;

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.taken.push(chunk);
    if (this.isReading) done();
    else this.#next = done;
  }

  readOn(): void {
    this.isReading = true;
    this.#next?.();
  }
}

function setUp() {
  const socket = new Peer();
  let overflows = 0;
  const outlet = new Outlet({
    socket,
    overflow: () => {
      overflows++;
      socket.destroy();
    },
  });
  return { socket, outlet, overflows: () => overflows };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('what is written in one turn leaves in one write, in order', async () => {
  const { socket, outlet } = setUp();
  for (const byte of [1, 2, 3]) outlet.write(Uint8Array.of(byte));
  expect(socket.taken).toEqual([]);
  expect(outlet.backlogBytes).toBe(3);
  await turn();
  expect(socket.taken.map((chunk) => [...chunk])).toEqual([[1, 2, 3]]);
  outlet.write(Uint8Array.of(4));
  outlet.flush();
  expect(socket.taken.map((chunk) => [...chunk])).toEqual([[1, 2, 3], [4]]);
  expect(outlet.backlogBytes).toBe(0);
});

test('a reader that takes nothing is cut off once too much waits', async () => {
  const { socket, outlet, overflows } = setUp();
  socket.isReading = false;
  const megabyte = new Uint8Array(1024 * 1024);
  for (let i = 0; i < 100 && overflows() === 0; i++) {
    outlet.write(megabyte);
    await turn();
  }
  expect(overflows()).toBe(1);
  expect(socket.taken.length * megabyte.length).toBeLessThan(MAX_SEND_QUEUE_BYTES + 3 * megabyte.length);
});

test('a reader that is slow but reads is not cut off', async () => {
  const { socket, outlet, overflows } = setUp();
  const megabyte = new Uint8Array(1024 * 1024);
  for (let i = 0; i < 20; i++) {
    socket.isReading = false;
    for (let j = 0; j < 3; j++) outlet.write(megabyte);
    await turn();
    socket.readOn();
    await turn();
  }
  expect(overflows()).toBe(0);
});

test('one turn cannot hand out more than the bound: the rest is not kept, and the socket is cut off', async () => {
  const { socket, outlet, overflows } = setUp();
  const chunk = new Uint8Array(1024 * 1024);
  for (let i = 0; i < 1_000; i++) outlet.write(chunk);
  await turn();
  expect(overflows()).toBe(1);
  expect(socket.taken).toEqual([]);
});

test('one large answer and what follows it are sent', async () => {
  const { socket, outlet, overflows } = setUp();
  outlet.write(new Uint8Array(MAX_TURN_BYTES - 10));
  outlet.write(Uint8Array.of(1));
  await turn();
  expect(overflows()).toBe(0);
  expect(socket.taken[0]).toHaveLength(MAX_TURN_BYTES - 9);
});

test('a socket that is gone is written to no more', async () => {
  const { socket, outlet, overflows } = setUp();
  socket.destroy();
  outlet.write(Uint8Array.of(1));
  await turn();
  expect([socket.taken, overflows()]).toEqual([[], 0]);
});
