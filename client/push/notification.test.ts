import { describe, expect, test } from 'vitest';
import type { PushPayload } from '../../schema/http/push.ts';
import { addMessage, firstOf, type NoticeData, withdraw } from './notification.ts';
import { readPush } from './payload.ts';

const push = (message: string, body = `text of ${message}`): PushPayload & { type: 'message' } => ({
  ...{
    type: 'message',
    conversation: 'talk',
    message,
    from: 'u-ana',
    title: 'Ana',
    body,
    at: '1780000000000',
    badge: '1',
  },
});

/** What stands there after these came, a second between them. */
function shownAfter(messages: readonly string[], body?: string): NoticeData {
  let shown: NoticeData | undefined;
  for (const [index, message] of messages.entries()) shown = addMessage(shown, push(message, body), index * 1_000).data;
  return shown as NoticeData;
}

describe('a notification', () => {
  test('shows the first message loudly, with the time it was written', () => {
    expect(addMessage(undefined, push('a-1'), 0)).toMatchObject({
      ...{ title: 'Ana', body: 'text of a-1', alert: 'loud', at: 1_780_000_000_000 },
    });
  });

  test('counts further ones and shows the last of them', () => {
    const { body } = addMessage(shownAfter(['a-1', 'a-2', 'a-3', 'a-4']), push('a-5'), 9_000);
    expect(body).toBe('5 new messages\ntext of a-3\ntext of a-4\ntext of a-5');
  });

  test('only counts where previews are off', () => {
    expect(addMessage(shownAfter(['a-1'], 'New message'), push('a-2', 'New message'), 1).body).toBe('2 new messages');
  });

  test('makes one sound for messages in a row, and another one later', () => {
    const shown = shownAfter(['a-1', 'a-2']);
    expect(addMessage(shown, push('a-3'), 14_999).alert).toBe('silent');
    const later = addMessage(shown, push('a-3'), 15_000);
    expect(later.alert).toBe('loud');
    expect(addMessage(later.data, push('a-4'), 16_000).alert).toBe('silent');
  });

  test('neither counts nor sounds twice for one message, and takes over its new text', () => {
    const again = addMessage(shownAfter(['a-1', 'a-2']), push('a-1', 'as edited'), 60_000);
    expect(again).toMatchObject({ alert: 'silent', body: '2 new messages\nas edited\ntext of a-2' });
  });

  test('loses what was read or deleted elsewhere, silently, and goes with the last of it', () => {
    const shown = shownAfter(['a-1', 'a-2', 'a-3']);
    expect(withdraw(shown, 'a-1,a-3,z-9')).toMatchObject({ body: 'text of a-2', alert: 'silent' });
    expect(withdraw(shown, 'a-1,a-2,a-3')).toBeUndefined();
    expect(withdraw(shown, undefined)).toBeUndefined();
  });

  test('leads to the first message that was not read', () => {
    const left = withdraw(shownAfter(['a-1', 'a-2', 'a-3']), 'a-1');
    expect(left && firstOf(left.data)).toBe('a-2');
  });
});

describe('what is pushed', () => {
  test('is read bare and in the envelope of Firebase', () => {
    const bare = push('a-1');
    expect(readPush(JSON.stringify(bare))).toEqual(bare);
    expect(readPush(JSON.stringify({ data: bare, from: '123', fcmMessageId: 'x' }))).toEqual(bare);
    expect(readPush('{"type":"withdraw","conversation":"talk","badge":"0"}')).toMatchObject({ type: 'withdraw' });
  });

  test.each([
    ['nothing', ''],
    ['no JSON', 'hello'],
    ['no object', '7'],
    ['of no known type', { type: 'party', conversation: 'talk', badge: '1' }],
    ['without a body', { ...push('a-1'), body: undefined }],
    ['with a number', { ...push('a-1'), badge: 1 }],
    ['with a path for a conversation', { ...push('a-1'), conversation: '../../api' }],
    ['with an address for a message', { ...push('a-1'), message: 'https://evil.example' }],
    ['with a list of withdrawn ones', { type: 'withdraw', conversation: 'talk', badge: '0', messages: ['a-1'] }],
  ])('is ignored when it is %s', (_, odd) => {
    expect(readPush(typeof odd === 'string' ? odd : JSON.stringify(odd))).toBeUndefined();
  });
});
