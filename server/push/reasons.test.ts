import { expect, test } from 'vitest';
import { isQuiet, type Quiet } from './reasons.ts';
import { topicOf } from './transport.ts';

const at = (time: string) => Date.parse(`2026-03-01T${time}:00Z`);
const quiet = (from: number, to: number, zone = 'UTC'): Quiet => ({ from: from * 60, to: to * 60, zone });

test.each([
  [quiet(22, 7), '23:00', true],
  [quiet(22, 7), '06:59', true],
  [quiet(22, 7), '07:00', false],
  [quiet(22, 7), '21:59', false],
  [quiet(13, 14), '13:00', true],
  [quiet(13, 14), '14:00', false],
  [quiet(0, 0), '00:00', false],
  [quiet(22, 7, 'America/New_York'), '04:00', true],
  [quiet(22, 7, 'America/New_York'), '12:00', false],
])('quiet from %o: at %s UTC it is %s', (hours, time, expected) => {
  expect(isQuiet(hours, at(time))).toBe(expected);
});

test('the topic fits into the header of every push service, and says nothing of the conversation', () => {
  expect(topicOf('some-conversation')).toMatch(/^[\w-]{32}$/);
  expect(topicOf('a')).not.toBe(topicOf('b'));
});
