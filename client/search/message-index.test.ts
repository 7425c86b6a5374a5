import { describe, expect, test } from 'vitest';
import type { Message } from '../../schema/document/message.ts';
import type { ConversationId, DocumentId, MessageId, UserId } from '../../schema/ids.ts';
import { parseQuery } from '../../schema/search/query.ts';
import { MessageIndex } from './message-index.ts';

const OPEN = 'c.1' as DocumentId;
const CLOSED = 'c.0' as DocumentId;

const live = (id: string, text: string, at = 0): Message => ({ id: id as MessageId, from: 'ana' as UserId, at, text });
const deleted = (id: string): Message =>
  ({ id: id as MessageId, from: 'ana' as UserId, at: 0, deletedAt: 1, by: 'ana' as UserId }) as Message;

const find = (index: MessageIndex, query: string, limit = 10) =>
  index.search(parseQuery(query), limit).map(({ excerpt }) => excerpt.text);

describe('the index', () => {
  test('finds what the server would find, the newest first, across documents', () => {
    const index = new MessageIndex();
    index.put(CLOSED, [live('1-0', 'Das Café am Hafen', 1)]);
    index.put(OPEN, [live('2-0', 'café, hafen', 3), live('2-1', '東京タワー', 2), live('2-2', 'Hafencafé', 4)]);
    expect(find(index, 'haf cafe')).toEqual([]);
    expect(find(index, 'cafe haf')).toEqual(['café, hafen', 'Das Café am Hafen']);
    expect(find(index, 'cafe', 1)).toEqual(['café, hafen']);
    expect(find(index, '"cafe am"')).toEqual(['Das Café am Hafen']);
    expect(find(index, 'hafen -das')).toEqual(['café, hafen']);
    expect(find(index, '京タ')).toEqual(['東京タワー']);
    expect(find(index, '-das')).toEqual([]);
    const [found] = index.search(parseQuery('das'), 1);
    expect(found).toMatchObject({ conversation: 'c', epoch: 0, id: '1-0', from: 'ana', at: 1 });
  });

  test('looks in one conversation when it is asked to, however many matches others have', () => {
    const index = new MessageIndex();
    index.put(OPEN, [live('1-0', 'boat here', 1)]);
    index.put('d.0' as DocumentId, [live('2-0', 'boat there', 2)]);
    const inOne = index.search(parseQuery('boat'), 1, 'c' as ConversationId);
    expect(inOne.map(({ id }) => id)).toEqual(['1-0']);
  });

  test('takes what was edited, deleted or moved away out of itself at once', () => {
    const index = new MessageIndex();
    expect(index.put(OPEN, [live('1-0', 'secretone'), live('1-1', 'secrettwo'), live('1-2', 'secretthree')])).toBe(
      true,
    );
    expect(index.put(OPEN, [live('1-0', 'harmless'), deleted('1-1')])).toBe(true);
    expect(find(index, 'secret')).toEqual([]);
    expect(find(index, 'harmless')).toEqual(['harmless']);
    expect(index.size).toBe(1);
    expect(JSON.stringify(index)).not.toContain('secret');
    expect(index.put(OPEN, [live('1-0', 'harmless')])).toBe(false);
    index.drop(OPEN);
    expect([index.size, index.documents]).toEqual([0, []]);
  });
});
