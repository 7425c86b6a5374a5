import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type ConversationId,
  documentId,
  MAX_CLIENT_ID,
  MAX_CLOCK,
  messageId,
  parseDocumentId,
  parseMessageId,
  splitMessageId,
} from './ids.ts';

describe('a message id', () => {
  test('is read as it was written, for every writer and clock there can be', () => {
    fc.assert(
      fc.property(fc.nat(MAX_CLIENT_ID), fc.nat(MAX_CLOCK), (writer, clock) => {
        const id = messageId(writer, clock);
        expect(parseMessageId(id)).toEqual({ writer, clock });
        expect(splitMessageId(id)).toEqual({ writer, clock });
      }),
    );
    expect(parseMessageId(messageId(MAX_CLIENT_ID, MAX_CLOCK))).toEqual({ writer: MAX_CLIENT_ID, clock: MAX_CLOCK });
  });

  test('has one spelling', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9a-zA-Z]{1,8}-[0-9a-zA-Z]{1,4}$/), (text) => {
        const parsed = parseMessageId(text);
        if (parsed) expect(messageId(parsed.writer, parsed.clock)).toBe(text);
      }),
      { numRuns: 2_000 },
    );
  });

  test.each([
    '',
    '-',
    'a',
    'a-',
    '-a',
    'A-0',
    'a-00',
    '0a-1',
    'a-1-1',
    ' a-1',
    'a-1\n',
    'a-1.5',
    '1z141z4-0',
    'zzzzzzz-0',
    '__proto__',
    'a-zzzzzzzzzzz',
  ])('is not “%s”', (text) => expect(parseMessageId(text)).toBeUndefined());
});

describe('a document id', () => {
  test('is read as it was written', () => {
    const conversation = fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/).filter((name) => name !== 'u');
    fc.assert(
      fc.property(conversation, fc.nat(999_999_999), (name, epoch) => {
        expect(parseDocumentId(documentId(name as ConversationId, epoch))).toEqual({ conversation: name, epoch });
      }),
    );
  });

  test.each([
    '',
    '.',
    'a',
    'a.',
    '.0',
    'a.00',
    'a.01',
    'a.-1',
    'a.1e3',
    'a.1.1',
    'a/b.0',
    'ä.0',
    'a.0\n',
    `${'a'.repeat(65)}.0`,
    'a.1000000000',
  ])('is not “%s”', (text) => expect(parseDocumentId(text)).toBeUndefined());
});
