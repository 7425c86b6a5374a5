/** Every screen and state worth looking at, by name. A scene is a set of accounts, a path and, if need be, an update. */

import type { MessageFile } from '../../../schema/document/files.ts';
import type { Accounts } from '../../conversation/conversation.ts';
import { StorageFailure } from '../../conversation/conversation.ts';
import type { AppUpdate } from '../app-update.ts';
import { createSource } from '../observed.ts';
import {
  conversation,
  devices,
  directRows,
  formattedRows,
  groupRows,
  manyRows,
  me,
  minutesAgo,
  people,
  someId,
  summaries,
  user,
} from './content.ts';
import { MemoryConversation } from './memory-conversation.ts';
import { MemoryAccounts, MemoryMessenger } from './memory-messenger.ts';

export interface Scene {
  readonly accounts: Accounts;
  readonly update: AppUpdate;
  readonly path: string;
  readonly messenger?: MemoryMessenger;
}

const updateThat = ({ isReady }: { isReady: boolean }): AppUpdate => ({
  isReady: createSource(isReady),
  reload: () => {},
  dismiss: () => {},
});

const quiet = { failed: [], unread: 0 } as const;

function conversations(): MemoryConversation[] {
  const group = groupRows();
  const many = manyRows(1_000, 'u-greta');
  const make = (id: string, timeline: ConstructorParameters<typeof MemoryConversation>[0]['timeline']) =>
    new MemoryConversation({
      id: conversation(id),
      me: me.id,
      timeline,
      readers: people.slice(1, 4).map(({ id }) => id),
    });
  return [
    make('ana', { state: 'ready', rows: directRows(), ...quiet }),
    make('festival', { state: 'ready', rows: group, failed: [], firstUnread: someId(group, -5), unread: 5 }),
    make('greta', { state: 'ready', rows: many, failed: [], firstUnread: someId(many, -128), unread: 128 }),
    make('bo', { state: 'ready', rows: manyRows(1_000, 'u-bo'), ...quiet }),
    make('hugo', {
      state: 'ready',
      rows: directRows().slice(0, 4),
      failed: [
        {
          key: 'a',
          text: 'A text that was far too long for one message, shortened here to keep the picture small.',
          at: minutesAgo(3),
          kind: 'too-long',
        },
        {
          key: 'b',
          text: 'I booked the 9:40 ferry, not the 9:20 one.',
          at: minutesAgo(2),
          kind: 'window-over',
          edit: someId(directRows(), 1),
        },
      ],
      unread: 0,
    }),
    new MemoryConversation({
      id: conversation('elif'),
      me: me.id,
      timeline: { state: 'ready', rows: manyRows(6_000, 'u-elif', 3), ...quiet },
      // Ends within runs of one person.
      pageSize: 499,
    }),
    make('dalia', { state: 'loading', rows: [], ...quiet }),
    make('family', { state: 'absent', rows: [], ...quiet }),
    make('finn', { state: 'ready', rows: formattedRows(), ...quiet }),
    make('chidi', { state: 'ready', rows: [], ...quiet }),
  ];
}

function signedIn(
  path: string,
  arrange: (messenger: MemoryMessenger) => void = () => {},
  isUpdateReady = false,
): Scene {
  const messenger = new MemoryMessenger({
    account: me,
    people,
    summaries: summaries(),
    conversations: conversations(),
  });
  arrange(messenger);
  const accounts = new MemoryAccounts({ is: 'signed-in', messenger });
  return { accounts, messenger, path, update: updateThat({ isReady: isUpdateReady }) };
}

function empty(state: 'loading' | 'ready'): Scene {
  const messenger = new MemoryMessenger({ account: me, people, summaries: [], conversations: [], state });
  return {
    accounts: new MemoryAccounts({ is: 'signed-in', messenger }),
    messenger,
    path: '/',
    update: updateThat({ isReady: false }),
  };
}

const HOUR_MS = 3_600_000;
const offline = (messenger: MemoryMessenger) =>
  messenger.connection.set({ is: 'offline', since: Date.now() - HOUR_MS, waiting: 3 });

/** Pictures, files and a voice message, sent and waiting. */
const withFiles = (messenger: MemoryMessenger) => {
  const { timeline } = messenger.open(conversation('ana'));
  const { rows, ...values } = timeline.get();
  const photo = { type: 'image/jpeg', size: 2_400_000, width: 1200, height: 900 };
  const peaks = '0248dglqnkhe94237bfjmptvuspmiea6247afhknljgc8420';
  const files = [
    [{ id: 'v', name: 'voice.webm', type: 'audio/webm', size: 51_000, duration: 12_400, peaks }],
    [{ id: 'a', name: 'evening.jpg', ...photo }],
    [
      { id: 'b', name: 'absent.jpg', ...photo, width: 900, height: 1200 },
      { id: 'c', name: 'Timetable of the ferries, autumn.pdf', type: 'application/pdf', size: 81_000 },
    ],
  ] as unknown as MessageFile[][];
  timeline.set({
    ...values,
    rows: rows.map((row, index) => {
      const own = files[index - rows.length + files.length];
      if (!own || !('text' in row.message)) return row;
      // The picture alone has words.
      const words = own[0]?.name === 'evening.jpg' ? row.message.text : '';
      return { ...row, message: { ...row.message, text: words, files: own } };
    }),
    unsent: [
      { key: 'half', text: 'And this one', at: Date.now(), files: [{ name: 'harbour.jpg', ...photo }] },
      {
        key: 'refused',
        text: '',
        at: Date.now(),
        files: [{ name: 'film.mp4', type: 'video/mp4', size: 180_000_000 }],
        failure: 'too-large',
      },
    ],
  });
};

/** Three messages are pinned. */
const withPins = (messenger: MemoryMessenger) => {
  const { rows: group } = messenger.open(conversation('festival')).timeline.get();
  for (const place of [0, 2, -2]) void messenger.pins.set(conversation('festival'), someId(group, place), true);
};

/** Starred: two in a group, one in a direct conversation. */
const withStars = (messenger: MemoryMessenger) => {
  const star = (id: string, ...places: number[]) => {
    const { rows } = messenger.open(conversation(id)).timeline.get();
    for (const place of places) messenger.shared.star(conversation(id), someId(rows, place), true);
  };
  star('festival', 1, -3);
  star('ana', 1);
};

/** Some are online, one was lately; people type in direct conversations and in groups. */
const lively = (messenger: MemoryMessenger) => {
  messenger.presence.set(
    new Map([
      [user('u-ana'), { online: true, lastSeen: Date.now() }],
      [user('u-hugo'), { online: true, lastSeen: Date.now() }],
      [user('u-bo'), { online: false, lastSeen: minutesAgo(25 * 60) }],
      [user('u-dalia'), { online: true, lastSeen: Date.now() }],
    ]),
  );
  messenger.typists.set(
    new Map([
      [conversation('dalia'), [user('u-dalia')]],
      [conversation('greta'), [user('u-greta')]],
      [conversation('festival'), ['u-bo', 'u-chidi'].map(user)],
      [conversation('family'), ['u-elif', 'u-finn', 'u-bo'].map(user)],
    ]),
  );
};

export const scenes: Readonly<Record<string, () => Scene>> = {
  'sign-in': () => ({
    accounts: new MemoryAccounts({ is: 'signed-out' }),
    path: '/',
    update: updateThat({ isReady: false }),
  }),
  'new-password': () => ({
    accounts: new MemoryAccounts({ is: 'signed-out' }),
    path: '/reset-password#void',
    update: updateThat({ isReady: false }),
  }),
  home: () => signedIn('/'),
  'list-empty': () => empty('ready'),
  'list-loading': () => empty('loading'),
  direct: () => signedIn('/c/ana'),
  group: () => signedIn('/c/festival'),
  pinned: () => signedIn('/c/festival', withPins),
  starred: () => signedIn('/', withStars),
  formatted: () => signedIn('/c/finn'),
  online: () => signedIn('/c/ana', lively),
  files: () => signedIn('/c/ana', withFiles),
  'last-seen': () => signedIn('/c/bo', lively),
  typing: () => signedIn('/c/greta', lively),
  'typing-group': () => signedIn('/c/festival', lively),
  'lively-list': () => signedIn('/', lively),
  'many-unread': () => signedIn('/c/greta'),
  many: () => signedIn('/c/bo'),
  long: () => signedIn('/c/elif'),
  'link-unknown': () => signedIn('/c/elif/zzz-zz'),
  failed: () => signedIn('/c/hugo'),
  loading: () => signedIn('/c/dalia'),
  absent: () => signedIn('/c/family', offline),
  'no-messages': () => signedIn('/c/chidi'),
  unknown: () => signedIn('/c/nowhere'),
  offline: () => signedIn('/c/ana', offline),
  'offline-list': () => signedIn('/', offline),
  connecting: () => signedIn('/', (messenger) => messenger.connection.set({ is: 'connecting', since: 0 })),
  'storage-full': () =>
    signedIn('/c/ana', (messenger) => {
      messenger.storage.set(new StorageFailure('quota'));
      messenger.open(conversation('ana')).failure = new StorageFailure('quota');
    }),
  outdated: () => signedIn('/c/ana', (messenger) => messenger.storage.set(new StorageFailure('outdated'))),
  'devices-loading': () =>
    signedIn('/', (messenger) => {
      messenger.devices.items = 'unknown';
    }),
  'devices-alone': () =>
    signedIn('/', (messenger) => {
      messenger.devices.items = devices().slice(0, 1);
    }),
  'keys-none': () =>
    signedIn('/', (messenger) => {
      messenger.keys.items = [];
    }),
  'session-over-unsent': () =>
    signedIn('/c/festival', (messenger) => {
      offline(messenger);
      messenger.signedOut.set(true);
    }),
  'session-over': () => signedIn('/c/festival', (messenger) => messenger.signedOut.set(true)),
  'notices-offered': () => signedIn('/c/ana', (messenger) => messenger.push.view.set({ is: 'off', isOffered: true })),
  invited: () => signedIn('/invite#a-token'),
  'invited-in': () => signedIn('/invite#in'),
  'invited-full': () => signedIn('/invite#full'),
  'invited-over': () => signedIn('/invite#over'),
  'invited-offline': () => signedIn('/invite#a-token', offline),
  'invited-sign-in': () => ({
    accounts: new MemoryAccounts({ is: 'signed-out' }),
    path: '/invite#a-token',
    update: updateThat({ isReady: false }),
  }),
  update: () => signedIn('/', () => {}, true),
};
