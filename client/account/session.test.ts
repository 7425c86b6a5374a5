import { expect, test } from 'vitest';
import { Session } from './session.ts';

/** A session, and how often its end was told; the server answers with `status`. */
function start() {
  const server = { status: 200 };
  const told: string[] = [];
  const session = new Session({
    http: {
      request: async () =>
        server.status < 400
          ? { ok: true, value: undefined as never }
          : { ok: false, failure: { is: 'problem', status: server.status, detail: '' } },
    },
    onOver: () => told.push('over'),
  });
  return { server, told, session };
}

test('[A3] the session is over when the server accepts it no more, and that is told once', async () => {
  const { server, told, session } = start();
  for (server.status of [200, 403, 500]) await session.request('GET', '/api/me');
  expect(session.isOver.get()).toBe(false);
  server.status = 401;
  for (let times = 0; times < 2; times++) await session.request('GET', '/api/me');
  expect(session.isOver.get()).toBe(true);
  expect(told).toEqual(['over']);
});

test('the same person signs in again: it goes on, and may end again', () => {
  const { told, session } = start();
  session.over();
  session.resume();
  expect(session.isOver.get()).toBe(false);
  session.over();
  expect(told).toEqual(['over', 'over']);
});
