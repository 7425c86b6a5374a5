/** My reader against Yjs's, on the updates of random honest devices. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { SessionDevice, stepsArbitrary, USERS, writersArbitrary } from '../testing/session.ts';
import { readUpdate } from './read-update.ts';
import { readValue } from './read-value.ts';
import { type WritableStruct, writeUpdate } from './write-update.ts';

/** Documents of devices that exchange everything now and then, as peers, without a server that settles. */
const devicesArbitrary = fc
  .record({ writers: writersArbitrary, steps: stepsArbitrary(40) })
  .map(({ writers, steps }) => {
    const devices = USERS.map((user, index) => new SessionDevice(user, writers[index] as number));
    for (const step of steps) {
      const device = devices[step.device] as SessionDevice;
      if (step.does !== 'sync') device.do(step, 1.7e12);
      else for (const other of devices) Y.applyUpdate(device.doc, Y.encodeStateAsUpdate(other.doc));
    }
    return devices;
  });

/** What both readers can be compared by. */
function decoded(bytes: Uint8Array): unknown {
  const { structs, ds } = Y.decodeUpdate(bytes);
  return {
    structs: structs.map((struct) => {
      const at = { client: struct.id.client, clock: struct.id.clock, length: struct.length };
      if (!(struct instanceof Y.Item)) return { ...at, is: 'gap' };
      const { origin, rightOrigin, content } = struct;
      const values = content instanceof Y.ContentAny ? content.arr : null;
      return { ...at, is: 'item', origin: plain(origin), rightOrigin: plain(rightOrigin), values };
    }),
    deletes: [...ds.clients].flatMap(([client, items]) =>
      items.map(({ clock, len }) => ({ client, clock, length: len })),
    ),
  };
}

const plain = (id: Y.ID | null): unknown => id && { client: id.client, clock: id.clock };

function read(bytes: Uint8Array): unknown {
  const { structs, deletes } = readUpdate(bytes, readValue);
  return {
    structs: [...structs.values()].flat().map((struct) => {
      if (struct.is === 'gap') return struct;
      const { root: _, key: __, ...rest } = struct;
      return rest;
    }),
    deletes,
  };
}

describe('of an honest update', () => {
  test('the reader reads what Yjs reads', () => {
    fc.assert(
      fc.property(devicesArbitrary, fc.nat(4), (devices, since) => {
        for (const { doc } of devices) {
          const vector = Y.encodeStateVector((devices[since] as SessionDevice).doc);
          for (const bytes of [Y.encodeStateAsUpdate(doc), Y.encodeStateAsUpdate(doc, vector)])
            expect(read(bytes)).toEqual(decoded(bytes));
        }
      }),
      { numRuns: 100, interruptAfterTimeLimit: 2_000 },
    );
  });

  test('what is written again from what was read makes the same document', () => {
    fc.assert(
      fc.property(devicesArbitrary, (devices) => {
        for (const { doc } of devices) {
          const bytes = Y.encodeStateAsUpdate(doc);
          const { structs, deletes } = readUpdate(bytes, readValue);
          const writable = new Map<number, WritableStruct[]>();
          for (const [client, list] of structs) {
            writable.set(
              client,
              list.map((struct) => {
                if (struct.is === 'gap') throw new Error('An honest document has no holes');
                return { ...struct, root: struct.root ?? '' };
              }),
            );
          }
          const copy = new Y.Doc();
          Y.applyUpdate(copy, writeUpdate(writable, deletes));
          expect(copy.getArray('messages').toJSON()).toEqual(doc.getArray('messages').toJSON());
          expect(copy.getMap('receipts').toJSON()).toEqual(doc.getMap('receipts').toJSON());
          expect(Buffer.compare(Y.encodeStateAsUpdate(copy), bytes)).toBe(0);
        }
      }),
      { numRuns: 100, interruptAfterTimeLimit: 2_000 },
    );
  });
});

test('an update is only what it holds: the bytes around it in memory are never read', () => {
  const doc = new Y.Doc();
  doc.getArray('messages').push([{ id: 'a-0', from: 'ana', at: 1, text: 'text' }]);
  const bytes = Y.encodeStateAsUpdate(doc);
  const memory = new Uint8Array(bytes.length + 200).fill(0x61);
  memory.set(bytes, 100);
  for (let end = 0; end < bytes.length; end++) {
    expect(() => readUpdate(memory.subarray(100, 100 + end), readValue)).toThrow();
  }
  expect(readUpdate(memory.subarray(100, 100 + bytes.length), readValue).structs.size).toBe(1);
});
