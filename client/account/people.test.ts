/** What other people are called and look like: told by the server, and kept for as long as somebody here wears it. */
import { expect, test } from 'vitest';
import type { UserId } from '../../schema/ids.ts';
import { Source } from '../conversation/source.ts';
import type { ConversationRecord } from '../storage/records.ts';
import { People } from './people.ts';

const ME = 'ana' as UserId;

function start() {
  const talk = { item: { id: 'talk', picture: 'of the group', members: [{ id: 'bo', picture: 'of bo' }, { id: ME }] } };
  const records = new Map([['talk', talk as unknown as ConversationRecord]]);
  const own = new Source<{ name: string; picture?: string }>({ name: 'Ana' });
  const learned: string[] = [];
  const kept: string[][] = [];
  const people = new People({
    me: ME,
    request: async (_method, path) => ({ ok: true, value: { items: [path] } as never }),
    list: {
      contents: new Source({ isKnown: true, records }),
      learn: async ({ name }) => void learned.push(`list: ${name}`),
    },
    profile: { own, learn: ({ name }) => void learned.push(`self: ${name}`) },
    pictures: { keepOnly: async (worn) => void kept.push([...worn]) },
  });
  return { people, own, learned, kept };
}

test('[A14] a new name is learned wherever it stands, and one’s own as one’s own too', async () => {
  const { people, learned } = start();
  await people.learn({ t: 'person', id: 'bo', name: 'Bob' });
  expect(learned.splice(0)).toEqual(['list: Bob']);
  await people.learn({ t: 'person', id: ME, name: 'Anna' });
  expect(learned).toEqual(['self: Anna', 'list: Anna']);
});

test('[A15] pictures of people, groups and oneself stay on the device, and no others', async () => {
  const { people, own, kept } = start();
  await people.learn({ t: 'person', id: 'bo', name: 'Bo', picture: 'of bo' });
  expect(kept).toEqual([['of the group', 'of bo']]);
  own.set({ name: 'Ana', picture: 'of ana' });
  people.dropPictures();
  expect(kept[1]).toEqual(['of the group', 'of bo', 'of ana']);
});

test('people are found by what is typed, whatever signs are in it', async () => {
  const answer = await start().people.find('a&b');
  expect(answer).toEqual({ ok: true, value: ['/api/users?query=a%26b'] });
});
