import { expect, test } from 'vitest';
import type { Message } from '../../schema/document/message.ts';
import type { MessageId, UserId } from '../../schema/ids.ts';
import { deliveryOf, reach } from './delivery.ts';
import { makeRows, type Rows } from './rows.ts';

const ana = 'ana' as UserId;
const message = (id: string, from: string, text = id): Message => ({
  id: id as MessageId,
  from: from as UserId,
  at: 1,
  text,
});
const input = {
  me: ana,
  waiting: [],
  failed: [],
  delivery: () => 'sent' as const,
  epochOf: () => 0,
  quoted: new Map(),
  given: new Map(),
  previous: new Map() as Rows,
};

const OPEN = { isWaiting: false, isHiding: false };

test('delivered needs every other member, read needs every other member', () => {
  const bo = { d: { w: 5 }, r: { w: 5 } };
  const cy = { d: { w: 3 }, r: {} };
  const reached = reach({ d: {}, r: {} }, [bo, cy], ['w']);
  expect(deliveryOf('w-3' as MessageId, reached, OPEN)).toBe('delivered');
  expect(deliveryOf('w-4' as MessageId, reached, OPEN)).toBe('sent');
  expect(deliveryOf('w-3' as MessageId, reach(reached, [bo, bo], ['w']), OPEN)).toBe('read');
  expect(deliveryOf('w-3' as MessageId, reached, { ...OPEN, isWaiting: true })).toBe('sending');
});

test('how far a message has come is never taken back', () => {
  const reached = reach({ d: { w: 5 }, r: { w: 5 } }, [{ d: {}, r: {} }], ['w']);
  expect(deliveryOf('w-5' as MessageId, reached, OPEN)).toBe('read');
});

test('who hides what they read is not told what others have read', () => {
  const all = { d: { w: 5 }, r: { w: 5 } };
  expect(deliveryOf('w-5' as MessageId, reach({ d: {}, r: {} }, [all], ['w']), { ...OPEN, isHiding: true })).toBe(
    'delivered',
  );
});

test('with nobody else there is nobody to deliver to', () => {
  expect(deliveryOf('w-5' as MessageId, reach({ d: {}, r: {} }, [], ['w']), OPEN)).toBe('sent');
});

test('a row stays the same object until something people see has changed', () => {
  const messages = [message('a-0', 'ana'), message('b-0', 'bo')];
  const before = makeRows({ ...input, messages });
  const copies = messages.map((one) => ({ ...one }));
  const same = makeRows({ ...input, messages: copies, previous: before });
  expect([...same.values()]).toEqual([...before.values()]);
  for (const [id, row] of same) expect(row).toBe(before.get(id));
  const read = makeRows({ ...input, messages, previous: same, delivery: () => 'read' });
  expect(read.get('a-0' as MessageId)).not.toBe(before.get('a-0' as MessageId));
  expect(read.get('b-0' as MessageId)).toBe(before.get('b-0' as MessageId));
});

test('a reply shows what it replies to as it is now, and changes with it only', () => {
  const reply: Message = {
    id: 'b-0' as MessageId,
    from: 'bo' as UserId,
    at: 1,
    text: 'so it is',
    re: 'a-0' as MessageId,
  };
  const messages = [reply];
  const quoting = (quoted: Message | 'absent') => new Map([['a-0' as MessageId, quoted]]);
  const before = makeRows({ ...input, messages });
  expect(before.get('b-0' as MessageId)?.quoted).toBe('looking');
  const found = makeRows({ ...input, messages, previous: before, quoted: quoting(message('a-0', 'ana')) });
  expect(found.get('b-0' as MessageId)?.quoted).toMatchObject({ text: 'a-0' });
  const again = makeRows({ ...input, messages, previous: found, quoted: quoting(message('a-0', 'ana')) });
  expect(again.get('b-0' as MessageId)).toBe(found.get('b-0' as MessageId));
  const edited = makeRows({ ...input, messages, previous: again, quoted: quoting(message('a-0', 'ana', 'edited')) });
  expect(edited.get('b-0' as MessageId)?.quoted).toMatchObject({ text: 'edited' });
  const gone = makeRows({ ...input, messages, previous: edited, quoted: quoting('absent') });
  expect(gone.get('b-0' as MessageId)?.quoted).toBe('absent');
});

test('a refused message is not shown twice while the server has not removed it yet', () => {
  const failed = [{ conversation: 'c' as never, key: 'a-0', text: 'x', at: 1, kind: 'rate' as const }];
  const rows = makeRows({ ...input, failed, messages: [message('a-0', 'ana')] });
  expect(rows.size).toBe(0);
});
