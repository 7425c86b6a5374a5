import fc from 'fast-check';
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import { describe, expect, test } from 'vitest';
import * as awareness from 'y-protocols/awareness';
import * as Y from 'yjs';
import type { MessageId } from '../ids.ts';
import { REFUSALS, type RefusalKind } from '../refusals.ts';
import { ClientControl, ServerControl } from './control.ts';
import {
  encodeAcknowledgement,
  encodeControl,
  encodeFrame,
  encodeRefusal,
  encodeSync,
  KEEP_ALIVE,
  PAYLOAD,
  readAcknowledgement,
  readRefusal,
  SYNC,
} from './frame.ts';

const bytes = fc.uint8Array({ maxLength: 40_000 });
const kinds = Object.keys(REFUSALS) as RefusalKind[];

test('a sync message is what y-protocols writes, whatever its length', () => {
  fc.assert(
    fc.property(fc.constantFrom(...Object.values(SYNC)), bytes, (type, content) => {
      const out = encoding.createEncoder();
      encoding.writeVarUint(out, 0);
      encoding.writeVarUint(out, type);
      encoding.writeVarUint8Array(out, content);
      expect(Buffer.compare(encodeSync(type, content), encoding.toUint8Array(out))).toBe(0);
    }),
  );
  for (const length of [0, 1, 127, 128, 16_383, 16_384, 2_097_151, 2_097_152]) {
    const decoder = decoding.createDecoder(encodeSync(SYNC.update, new Uint8Array(length)));
    decoding.readVarUint(decoder);
    decoding.readVarUint(decoder);
    expect(decoding.readVarUint8Array(decoder)).toHaveLength(length);
    expect(decoding.hasContent(decoder)).toBe(false);
  }
});

test('an acknowledgement is read as it was written', () => {
  const number = fc.maxSafeNat();
  fc.assert(
    fc.property(number, number, number, (writer, clock, seq) => {
      const decoder = decoding.createDecoder(encodeAcknowledgement({ writer, clock, seq }));
      expect(decoding.readVarUint(decoder)).toBe(PAYLOAD.acknowledgement);
      expect(readAcknowledgement(decoder)).toEqual({ writer, clock, seq });
    }),
  );
});

describe('a refusal', () => {
  test.each(kinds)('of kind %s is read as it was written', (kind) => {
    const notice = { ids: ['a-0', 'b-zz'] as MessageId[], kind };
    const decoder = decoding.createDecoder(encodeRefusal(notice));
    expect(decoding.readVarUint(decoder)).toBe(PAYLOAD.refusal);
    expect(readRefusal(decoder)).toEqual(notice);
  });

  test.each([
    '{}',
    '{"ids":[],"kind":"whim"}',
    '{"ids":"a","kind":"rate"}',
    '{"ids":[],"kind":"toString"}',
    'null',
    'x',
  ])('that is none is an error: %s', (text) => {
    const out = encoding.createEncoder();
    encoding.writeVarString(out, text);
    expect(() => readRefusal(decoding.createDecoder(encoding.toUint8Array(out)))).toThrow();
  });
});

test('a frame is the channel number and the payload', () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), fc.uint8Array(), (channel, payload) => {
      const decoder = decoding.createDecoder(encodeFrame(channel, payload));
      expect(decoding.readVarUint(decoder)).toBe(channel);
      expect(decoding.readTailAsUint8Array(decoder)).toEqual(payload);
    }),
  );
});

test('a control message is JSON on channel 0', () => {
  const decoder = decoding.createDecoder(encodeControl({ t: 'ping', text: '🌊' }));
  expect(decoding.readVarUint(decoder)).toBe(0);
  expect(JSON.parse(decoding.readVarString(decoder))).toEqual({ t: 'ping', text: '🌊' });
});

test('what keeps a stock client alive is an awareness message about nobody', () => {
  const decoder = decoding.createDecoder(KEEP_ALIVE);
  expect(decoding.readVarUint(decoder)).toBe(PAYLOAD.awareness);
  const mine = new awareness.Awareness(new Y.Doc());
  const before = [...mine.getStates()];
  awareness.applyAwarenessUpdate(mine, decoding.readVarUint8Array(decoder), 'server');
  expect([...mine.getStates()]).toEqual(before);
  mine.destroy();
});

test('control messages say what they must, and may say more', () => {
  expect(ClientControl.safeParse({ t: 'open', channel: 1, document: 'c.0', more: 1 }).success).toBe(true);
  for (const wrong of [{ t: 'open' }, { t: 'open', channel: 0, document: 'c.0' }, { t: 'dance' }, null, []])
    expect(ClientControl.safeParse(wrong).success).toBe(false);
  expect(ServerControl.safeParse({ t: 'closed', channel: 1, code: 4403, reason: '' }).success).toBe(true);
  expect(ServerControl.safeParse({ t: 'head', conversation: 'c', epoch: 0, seq: 1, from: 'ana', at: 1 }).success).toBe(
    false,
  );
});
