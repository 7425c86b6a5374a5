/** The sheet of keys says every key that the interface handles, and none that it does not. */
import { expect, it } from 'vitest';
import { type KeyName, SHORTCUTS } from './shortcuts.ts';

const sources = import.meta.glob<string>(['../**/*.{ts,tsx}', '!../testing/**', '!../**/*.test.ts'], {
  query: '?raw',
  import: 'default',
  eager: true,
});

type Shortcuts = typeof SHORTCUTS;
type Named = { [Place in keyof Shortcuts]: `${Place}.${keyof Shortcuts[Place] & string}` }[keyof Shortcuts];

/** By file, the keys it handles, and where the sheet says so. */
const HANDLED: Readonly<Record<string, Readonly<Record<string, Named>>>> = {
  'composer/Composer.tsx': { Enter: 'writing.send', Escape: 'writing.cancel', ArrowUp: 'writing.editLast' },
  'composer/use-suggestions.ts': {
    ...({ ArrowDown: 'writing.suggestions', ArrowUp: 'writing.suggestions' } as const),
    ...({ Enter: 'writing.take', Tab: 'writing.take', Escape: 'writing.cancel' } as const),
  },
  'conversation/SelectionBar.tsx': { Escape: 'messages.leave' },
  'conversation/UndoNote.tsx': { z: 'messages.undo' },
  'emoji/RecentEmoji.tsx': { Enter: 'finding.choose', ArrowLeft: 'finding.emoji', ArrowRight: 'finding.emoji' },
  'files/Gallery.tsx': {
    ...({
      ArrowLeft: 'pictures.step',
      ArrowRight: 'pictures.step',
      Home: 'pictures.first',
      End: 'pictures.first',
    } as const),
    ...({ ArrowUp: 'pictures.pan', ArrowDown: 'pictures.pan' } as const),
    ...({ '+': 'pictures.zoom', '=': 'pictures.zoom', '-': 'pictures.zoom', '0': 'pictures.whole' } as const),
  },
  'shortcuts/shown-sheet.ts': { '?': 'everywhere.keys' },
  'list/ConversationList.tsx': { ArrowDown: 'finding.found', ArrowUp: 'finding.found' },
  'list/PeoplePicker.tsx': {
    ...({ ArrowDown: 'finding.found', ArrowUp: 'finding.found' } as const),
    ...({ Enter: 'finding.choose', Backspace: 'finding.takeOut' } as const),
  },
  'list/SearchField.tsx': { k: 'everywhere.search', Escape: 'everywhere.close' },
  'parts/AskOnce.tsx': { Escape: 'everywhere.close' },
  'timeline/Timeline.tsx': {
    ...({ Escape: 'messages.leave', ArrowUp: 'messages.move', ArrowDown: 'messages.move' } as const),
    ...({ Home: 'messages.ends', End: 'messages.ends' } as const),
  },
  'timeline/use-menu-gestures.ts': { ContextMenu: 'messages.menu', F10: 'messages.menu', Enter: 'messages.menu' },
  'timeline/use-replying.ts': { r: 'messages.reply' },
  'timeline/use-selecting.ts': { Enter: 'messages.select', ' ': 'messages.select' },
  'voice/VoicePlayer.tsx': {
    ...({ Home: 'voice.start', End: 'voice.start', PageUp: 'voice.leap', PageDown: 'voice.leap' } as const),
    ...({ ArrowRight: 'voice.seek', ArrowLeft: 'voice.seek', ArrowUp: 'voice.seek', ArrowDown: 'voice.seek' } as const),
  },
};

/** The sheet names one key where others do the same: a slider goes by all arrows, and `+` stands above `=`. */
const SAME: Readonly<Record<string, readonly KeyName[]>> = {
  ' ': ['Space'],
  '=': ['+'],
  ArrowUp: ['ArrowUp', 'ArrowRight'],
  ArrowDown: ['ArrowDown', 'ArrowLeft'],
};

/** Of an event of a keyboard, and not of whatever else has a key. */
const COMPARED = /\b(?:event\.)?key(?:\.toLowerCase\(\))? [!=]== '([^']+)'/g;
const LISTENS = /onKeyDown|'keydown'|KeyboardEvent/;

const handled = new Map(
  Object.entries(sources).flatMap(([path, source]) => {
    if (!LISTENS.test(source)) return [];
    const keys = new Set([...source.matchAll(COMPARED)].map(([, key = '']) => key));
    return keys.size > 0 ? [[path.replace('../', '').replace('./', 'shortcuts/'), [...keys].sort()] as const] : [];
  }),
);

const waysOf = (name: Named): readonly KeyName[] => {
  const [place, what] = name.split('.') as [keyof Shortcuts, string];
  const shortcuts: Readonly<Record<string, readonly (readonly KeyName[])[]>> = SHORTCUTS[place];
  return (shortcuts[what] ?? []).flat();
};

it('every key that is handled stands in the table of this test', () => {
  const table = Object.entries(HANDLED).map(([file, keys]) => [file, Object.keys(keys).sort()]);
  expect(Object.fromEntries(handled)).toEqual(Object.fromEntries(table));
});

it('every key of the table stands in the sheet', () => {
  const missing = Object.entries(HANDLED).flatMap(([file, keys]) =>
    Object.entries(keys).filter(([key, name]) => {
      const said = waysOf(name);
      return !(SAME[key] ?? [key as KeyName]).some((each) => said.includes(each)) && file;
    }),
  );
  expect(missing).toEqual([]);
});

it('nothing stands in the sheet that no key does', () => {
  const done = new Set(Object.values(HANDLED).flatMap((keys) => Object.values(keys)));
  const said = Object.entries(SHORTCUTS).flatMap(([place, all]) => Object.keys(all).map((what) => `${place}.${what}`));
  // Of the field itself: the browser breaks the line.
  expect(said.filter((name) => !done.has(name as Named))).toEqual(['writing.newLine']);
});

it('no key is handled in a way that this test does not see', () => {
  const unseen = Object.entries(sources).filter(
    ([, source]) => LISTENS.test(source) && /\[event\.key\]|switch \((?:event\.)?key\)/.test(source),
  );
  expect(unseen.map(([path]) => path)).toEqual([]);
});
