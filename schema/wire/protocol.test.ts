import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import * as Y from 'yjs';
import type { MessageId } from '../ids.ts';
import {
  encodeAcknowledgement,
  encodeControl,
  encodeFrame,
  encodeRefusal,
  encodeSync,
  KEEP_ALIVE,
  SYNC,
} from './frame.ts';

test('the bytes in PROTOCOL.md are those that clients and servers make', async () => {
  const page = await readFile(new URL('./PROTOCOL.md', import.meta.url), 'utf8');
  const written = [...page.matchAll(/`([0-9a-f]{6,})`/g)].map(([, hex]) => hex);
  const doc = new Y.Doc();
  doc.clientID = 1000;
  const updates: Uint8Array[] = [];
  doc.on('update', (update: Uint8Array) => updates.push(update));
  doc.getArray('messages').push([{ id: 'rs-0', from: 'ana', at: 1_767_225_600_000, text: 'hi' }]);
  const made = [
    encodeControl({ t: 'open', channel: 1, document: 'c.0' }),
    KEEP_ALIVE,
    encodeFrame(1, encodeSync(SYNC.step1, Uint8Array.of(0))),
    encodeFrame(1, encodeSync(SYNC.update, updates[0] as Uint8Array)),
    encodeFrame(1, encodeAcknowledgement({ writer: 1000, clock: 1, seq: 1 })),
    encodeFrame(1, encodeRefusal({ ids: ['rs-1' as MessageId], kind: 'too-long' })),
  ].map((bytes) => Buffer.from(bytes).toString('hex'));
  expect(written).toEqual(made);
});
