import { expect, test } from 'vitest';
import type { ConversationId } from '../../../schema/ids.ts';
import { dropPanes, forgetPane, type KeptPanes, keepPanes, NO_PANES } from './kept-panes.ts';

const all = () => true;
const visit = (...ids: (string | undefined)[]): KeptPanes =>
  ids.reduce<KeptPanes>((kept, id) => keepPanes(kept, id as ConversationId | undefined, all), NO_PANES);
const idsOf = ({ panes }: KeptPanes) => panes.map(({ id }) => id);

test('the panes seen last are kept, the latest first', () => {
  expect(idsOf(visit('a', 'b', 'a'))).toEqual(['a', 'b']);
  expect(idsOf(dropPanes(visit('a', 'b', 'c', 'd', 'c')))).toEqual(['c', 'd', 'b']);
});

test('each showing counts, also after none was shown, and the same one twice is one', () => {
  expect(visit('a', undefined, 'a').panes[0]?.visit).toBe(2);
  const kept = visit('a');
  expect(keepPanes(kept, 'a' as ConversationId, all)).toBe(kept);
});

test('panes keep their order on the page whichever is shown', () => {
  const made = (kept: KeptPanes) => Object.fromEntries(kept.panes.map((pane) => [pane.id, pane.made]));
  expect(made(visit('a', 'b', 'a'))).toEqual(made(visit('a', 'b')));
});

test('what is no conversation of this person any more goes, as does a pane that must be forgotten unless it is shown', () => {
  const kept = visit('a', 'b');
  expect(idsOf(keepPanes(kept, 'b' as ConversationId, (id) => id !== 'a'))).toEqual(['b']);
  expect(idsOf(forgetPane(kept, 'a' as ConversationId))).toEqual(['b']);
  expect(idsOf(forgetPane(kept, 'b' as ConversationId))).toEqual(['b', 'a']);
});
