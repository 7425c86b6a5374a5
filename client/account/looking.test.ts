import { expect, test } from 'vitest';
import type { ConversationId } from '../../schema/ids.ts';
import type { ClientControl } from '../../schema/wire/control.ts';
import { TestClock } from '../connection/testing-link.ts';
import { Looking } from './looking.ts';

const [talk, other] = ['talk', 'other'] as ConversationId[];

function start() {
  const clock = new TestClock();
  const said: ClientControl[] = [];
  return { clock, said, looking: new Looking({ clock, send: (message) => said.push(message) }) };
}

test('says what is looked at when that changes, and nothing twice', () => {
  const { looking, said } = start();
  for (const conversation of [undefined, talk, talk, other, undefined, undefined]) looking.set(conversation);
  expect(said).toEqual([{ t: 'looking', conversation: talk }, { t: 'looking', conversation: other }, { t: 'looking' }]);
});

test('says it again every 20 s as long as it goes on, and not afterwards', () => {
  const { clock, looking, said } = start();
  looking.set(talk);
  for (let seconds = 0; seconds < 60; seconds++) clock.advance(1_000);
  expect(said).toHaveLength(4);
  looking.set(undefined);
  clock.advance(60_000);
  expect(said).toHaveLength(5);
});

test('says it on every new connection', () => {
  const { looking, said } = start();
  looking.linked('open');
  looking.set(talk);
  looking.linked('open');
  expect(said).toHaveLength(1);
  looking.linked('lost');
  looking.linked('open');
  expect(said).toHaveLength(2);
});
