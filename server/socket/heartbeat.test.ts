/** Who is alive: those who answer, and those who cannot be heard because they are not read. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { startHeartbeat } from './heartbeat.ts';
import { HEARTBEAT_MS, KEEP_ALIVE_MS, KEEP_ALIVE_UNREAD_MS } from './limits.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function connect({ isRead, answers }: { isRead: boolean; answers: boolean }) {
  const connection = {
    number: 3,
    isAlive: true,
    isRead,
    answers,
    heard: [] as string[],
    keepAlive: () => void connection.heard.push('keep alive'),
    ping() {
      connection.heard.push('ping');
      connection.isAlive = connection.answers;
    },
    cut: () => void connection.heard.push('cut'),
  };
  return connection;
}

test('who answers stays, who does not is cut off within two heartbeats', () => {
  const [honest, dead] = [connect({ isRead: true, answers: true }), connect({ isRead: true, answers: false })];
  const stop = startHeartbeat(new Set([honest, dead]));
  vi.advanceTimersByTime(2 * HEARTBEAT_MS);
  stop();
  expect(dead.heard).toContain('cut');
  expect(honest.heard.filter((word) => word === 'ping').length).toBe(2);
  expect(honest.heard.filter((word) => word === 'keep alive').length).toBe((2 * HEARTBEAT_MS) / KEEP_ALIVE_MS - 0.5);
  expect(honest.heard).not.toContain('cut');
});

test('a socket that is not read is neither asked nor cut off, and hears every two seconds that the server lives', () => {
  const slowed = connect({ isRead: false, answers: false });
  slowed.isAlive = false;
  const stop = startHeartbeat(new Set([slowed]));
  vi.advanceTimersByTime(600_000);
  expect(new Set(slowed.heard)).toEqual(new Set(['keep alive']));
  expect(slowed.heard.length).toBe(600_000 / KEEP_ALIVE_UNREAD_MS);
  slowed.isRead = true;
  slowed.isAlive = true;
  vi.advanceTimersByTime(2 * HEARTBEAT_MS);
  stop();
  expect(slowed.heard.at(-1)).toBe('cut');
});
