import { expect, test } from 'vitest';
import type { UserId } from '../../schema/ids.ts';
import { MAX_WATCHED } from '../../schema/limits.ts';
import type { ClientControl } from '../../schema/wire/control.ts';
import { TestClock } from '../connection/testing-link.ts';
import { PeopleOnScreen } from './people-on-screen.ts';

const [ANA, BO, CY] = ['ana', 'bo', 'cy'] as [UserId, UserId, UserId];

function start() {
  const clock = new TestClock();
  const sent: (readonly string[])[] = [];
  const send = (message: ClientControl) => message.t === 'watch' && sent.push(message.users);
  const people = new PeopleOnScreen({ clock, send });
  const hear = (...users: [string, boolean, number][]) =>
    people.heard({ t: 'presence', users: users.map(([id, online, lastSeen]) => ({ id, online, lastSeen })) });
  return { clock, sent, people, hear, settle: () => clock.advance(1_000) };
}

test('the server is asked once the screen has settled, for everybody on it, and not for the same people again', () => {
  const { people, sent, settle, clock } = start();
  people.linked('open');
  people.watch([ANA]);
  clock.advance(200);
  const stop = people.watch([BO]);
  clock.advance(200);
  expect(sent).toEqual([]);
  settle();
  expect(sent).toEqual([[ANA, BO]]);
  const again = people.watch([ANA]);
  settle();
  again();
  settle();
  expect(sent.length).toBe(1);
  stop();
  stop();
  settle();
  expect(sent).toEqual([[ANA, BO], [ANA]]);
});

test('a new connection is asked at once, and nothing is asked without one', () => {
  const { people, sent, settle } = start();
  people.watch([ANA]);
  settle();
  expect(sent).toEqual([]);
  people.linked('open');
  expect(sent).toEqual([[ANA]]);
  people.linked('lost');
  people.watch([BO]);
  settle();
  expect(sent.length).toBe(1);
  people.linked('open');
  people.linked('open');
  expect(sent).toEqual([[ANA], [ANA, BO]]);
});

test('what the server tells is kept until it tells something else, and all of it goes with the connection', () => {
  const { people, hear, settle } = start();
  people.linked('open');
  people.watch([ANA, BO]);
  settle();
  hear([ANA, true, 5], [BO, false, 3]);
  expect(people.presence.get()).toEqual(
    new Map([
      [ANA, { online: true, lastSeen: 5 }],
      [BO, { online: false, lastSeen: 3 }],
    ]),
  );
  hear([ANA, false, 9]);
  expect(people.presence.get().get(ANA)).toEqual({ online: false, lastSeen: 9 });
  people.linked('lost');
  expect(people.presence.get().size).toBe(0);
});

test('of whom nothing may be told, or whom only another tab shows, nothing is kept', () => {
  const { people, hear, settle } = start();
  people.linked('open');
  people.watch([ANA]);
  settle();
  hear([ANA, true, 5]);
  hear([ANA, false, 0], [CY, true, 5]);
  expect(people.presence.get().size).toBe(0);
});

test('who has left the screen is forgotten, and who is shown twice stays', () => {
  const { people, hear, settle } = start();
  people.linked('open');
  const leave = people.watch([ANA, BO]);
  people.watch([BO]);
  settle();
  hear([ANA, true, 5], [BO, true, 5]);
  leave();
  settle();
  expect([...people.presence.get().keys()]).toEqual([BO]);
});

test('of more people than may be watched those shown last are', () => {
  const { people, sent, settle } = start();
  people.linked('open');
  const many = Array.from({ length: MAX_WATCHED + 1 }, (_, index) => `user-${index}` as UserId);
  people.watch(many);
  people.watch([many[0] as UserId]);
  settle();
  expect(sent[0]?.length).toBe(MAX_WATCHED);
  expect(sent[0]?.at(-1)).toBe('user-0');
  expect(sent[0]).not.toContain('user-1');
});
