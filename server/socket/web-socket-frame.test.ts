import type { Writable } from 'node:stream';
import fc from 'fast-check';
import * as encoding from 'lib0/encoding';
import { expect, test } from 'vitest';
import * as ws from 'ws';
import { frameAll } from './web-socket-frame.ts';

/** Exported, but not in the types of `ws`. */
const { Receiver } = ws as unknown as { Receiver: new (options: object) => Writable };

/** What `ws` makes of bytes from a server; as text, which is compared faster. */
function received(bytes: Uint8Array): string[] {
  const receiver = new Receiver({ isServer: false, allowSynchronousEvents: true });
  const messages: string[] = [];
  receiver.on('message', (data: Buffer, isBinary: boolean) => {
    expect(isBinary).toBe(true);
    messages.push(data.toString('base64'));
  });
  receiver.on('error', (error) => {
    throw error;
  });
  receiver.write(Buffer.from(bytes));
  return messages;
}

const prefixed = (channel: number, payload: Uint8Array): Uint8Array => {
  const out = encoding.createEncoder();
  encoding.writeVarUint(out, channel);
  encoding.writeUint8Array(out, payload);
  return encoding.toUint8Array(out);
};

test('frames are what a client reads, whatever their length and channel', () => {
  const payload = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc
      .constantFrom(0, 1, 123, 124, 125, 126, 127, 65_533, 65_534, 65_535, 65_536, 70_000)
      .map((length) => new Uint8Array(length).fill(length % 251)),
  );
  const channel = fc.oneof(
    fc.constant(undefined),
    fc.nat(),
    fc.constantFrom(0, 127, 128, 16_383, 16_384, 2 ** 31, 2 ** 32, 2 ** 40, Number.MAX_SAFE_INTEGER),
  );
  fc.assert(
    fc.property(fc.array(payload, { minLength: 1, maxLength: 4 }), channel, (payloads, number) => {
      const expected = payloads.map((each) => (number === undefined ? each : prefixed(number, each)));
      expect(received(frameAll(payloads, number))).toEqual(
        expected.map((each) => Buffer.from(each).toString('base64')),
      );
    }),
    { numRuns: 150, interruptAfterTimeLimit: 2_500 },
  );
});

test('who reads slowly and keeps a frame keeps nothing beside it', () => {
  const frame = frameAll([new Uint8Array(50)], 1);
  expect(frame.buffer.byteLength).toBe(frame.length);
});
