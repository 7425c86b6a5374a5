/** What the server says is heard by whom it is for, and what it need not know is not said. */
import { expect, test } from 'vitest';
import type { ConversationId, UserId } from '../../schema/ids.ts';
import { MAX_TYPING_MEMBERS } from '../../schema/limits.ts';
import type { ServerControl } from '../../schema/wire/control.ts';
import { TestClock } from '../connection/testing-link.ts';
import { Signals } from './signals.ts';

const [TALK, ANA] = ['talk' as ConversationId, 'ana' as UserId];
const head = { t: 'head' as const, conversation: TALK, epoch: 0, seq: 1, from: ANA, at: 1, preview: 'hi' };

function start({ members = 2, isListed = true } = {}) {
  const said: unknown[] = [];
  const done: string[] = [];
  const clock = new TestClock();
  const signals = new Signals({
    clock,
    link: { send: (message) => void said.push(message) },
    list: {
      get: () => ({ item: { members: Array.from({ length: members }, () => ({})) } }) as never,
      heard: async ({ conversation }) => {
        done.push(`heard of ${conversation}`);
        return isListed;
      },
      refresh: async () => {
        done.push('refresh');
        return { ok: true, value: undefined };
      },
      renew: async (id) => void done.push(`renew ${id}`),
    },
    open: { get: () => undefined, open: (id) => done.push(`open ${id}`) as never },
    onPerson: ({ name }) => void done.push(`called ${name}`),
  });
  signals.linked('open');
  return { clock, signals, said, done };
}

test.each<[ServerControl, string[]]>([
  [{ t: 'missed' }, ['refresh']],
  [{ t: 'changed', conversation: TALK }, ['renew talk']],
  [{ t: 'person', id: ANA, name: 'Ana Lovelace' }, ['called Ana Lovelace']],
  [head, ['heard of talk', 'open talk']],
  [{ t: 'pong' }, []],
])('the server says %o', async (message, expected) => {
  const { signals, done } = start();
  await signals.heard(message);
  expect(done).toEqual(expected);
});

test('of a message where this device knows no conversation, the list of the server tells', async () => {
  const { signals, done } = start({ isListed: false });
  await signals.heard(head);
  expect(done).toEqual(['heard of talk', 'refresh']);
});

test('[Y1] who types is shown until their message comes, or the connection is lost', async () => {
  const { signals } = start();
  const typing = { t: 'typing' as const, conversation: TALK, user: ANA };
  await signals.heard(typing);
  expect([...signals.typing.get()]).toEqual([[TALK, [ANA]]]);
  // A newer epoch, or this person was added: nobody has written.
  await signals.heard({ ...head, preview: '' });
  expect(signals.typing.get().size).toBe(1);
  await signals.heard(head);
  expect(signals.typing.get().size).toBe(0);
  await signals.heard(typing);
  signals.linked('lost');
  expect(signals.typing.get().size).toBe(0);
});

test('[Y2] who is online is asked of the server and heard from it, as long as there is a connection', async () => {
  const { signals, said, clock } = start();
  signals.watch([ANA]);
  clock.advance(1_000);
  expect(said).toEqual([{ t: 'watch', users: [ANA] }]);
  await signals.heard({ t: 'presence', users: [{ id: ANA, online: true, lastSeen: 0 }] });
  expect(signals.presence.get().get(ANA)).toEqual({ online: true, lastSeen: 0 });
  signals.linked('lost');
  expect(signals.presence.get().size).toBe(0);
});

test('what is looked at is said, and again on a new connection', () => {
  const { signals, said } = start();
  signals.look(TALK);
  signals.linked('lost');
  signals.linked('open');
  expect(said).toEqual(Array.from({ length: 2 }, () => ({ t: 'looking', conversation: TALK })));
});

test('[Y1] typing is said where the server tells somebody of it', () => {
  const small = start({ members: MAX_TYPING_MEMBERS });
  small.signals.typingIn(TALK).set('on');
  expect(small.said).toEqual([{ t: 'typing', conversation: TALK }]);
  const large = start({ members: MAX_TYPING_MEMBERS + 1 });
  large.signals.typingIn(TALK).set('on');
  expect(large.said).toEqual([]);
});
