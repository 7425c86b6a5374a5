/** What may be sent at once and for long, in points and seconds of a clock that only the test moves. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createMetrics } from '../metrics.ts';
import { Budget } from './budget.ts';
import { Paces } from './pace.ts';

beforeEach(() => void vi.useFakeTimers({ now: 0 }));
afterEach(() => void vi.useRealTimers());

const clock = { now: () => Date.now() };

test('a budget allows its burst at once, then its rate, and never saves up more than the burst', () => {
  const budget = new Budget({ by: 'device', rate: { burst: 10, perSecond: 2 }, clock });
  const allowed = () => {
    let count = 0;
    while (budget.spend(1, Date.now())) count++;
    return count;
  };
  expect(allowed()).toBe(10);
  // The one that was too many is owed.
  vi.advanceTimersByTime(5_000);
  expect(allowed()).toBe(9);
  vi.advanceTimersByTime(3_600_000);
  expect(allowed()).toBe(10);
  vi.setSystemTime(Date.now() - 60_000);
  expect(allowed()).toBe(0);
});

test('who waits is let on when nothing is owed, one after the other, each after the former has paid', async () => {
  const budget = new Budget({ by: 'device', rate: { burst: 10, perSecond: 10 }, clock });
  budget.spend(30, 0);
  const heard: string[] = [];
  for (const name of ['ana', 'bo', 'cy'])
    budget.wait(() => {
      heard.push(`${name} ${Date.now()}`);
      // A socket is read after this turn.
      queueMicrotask(() => budget.spend(10, Date.now()));
    });
  const giveUp = budget.wait(() => heard.push('eve'));
  giveUp();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(heard).toEqual(['ana 2000', 'bo 3000', 'cy 4000']);
});

const RATES = {
  device: { burst: 10, perSecond: 1 },
  account: { burst: 15, perSecond: 1 },
  address: { burst: 100, perSecond: 1 },
};

function scene() {
  const metrics = createMetrics();
  const paces = new Paces({ rates: RATES, clock, metrics });
  const changes: string[] = [];
  const connect = (device: string, account: string) => {
    const pace = paces.of({ device, account, address: 'here' }, () =>
      changes.push(`${device} ${pace.isSlowed ? 'slowed' : 'read'} at ${Date.now() / 1_000}`),
    );
    return pace;
  };
  const shown = async (name: string) =>
    (await metrics.text()).body
      .split('\n')
      .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
  return { paces, changes, connect, shown, [Symbol.dispose]: () => paces[Symbol.dispose]() };
}

test('sockets of one device spend from one budget, and devices of one account from another', () => {
  using t = scene();
  const [tab, other] = [t.connect('laptop', 'ana'), t.connect('laptop', 'ana')];
  const phone = t.connect('phone', 'ana');
  const stranger = t.connect('tablet', 'bo');
  for (let i = 0; i < 6; i++) tab.spend(1);
  for (let i = 0; i < 5; i++) other.spend(1);
  expect([tab, other, phone].map(({ isSlowed }) => isSlowed)).toEqual([false, true, false]);
  for (let i = 0; i < 5; i++) phone.spend(1);
  expect([phone, stranger].map(({ isSlowed }) => isSlowed)).toEqual([true, false]);
  for (let i = 0; i < 10; i++) stranger.spend(1);
  expect(stranger.isSlowed).toBe(false);
  vi.advanceTimersByTime(60_000);
  expect(t.changes).toEqual(['laptop slowed at 0', 'phone slowed at 0', 'laptop read at 1', 'phone read at 1']);
});

test('a message costs a point, and one more for each kilobyte', () => {
  using t = scene();
  const pace = t.connect('laptop', 'ana');
  pace.spend(9 * 1024);
  expect(pace.isSlowed).toBe(false);
  pace.spend(0);
  expect(pace.isSlowed).toBe(true);
});

test('whoever connects anew finds the debt they left, until it is made up for; then nothing is kept of them', () => {
  using t = scene();
  const flood = t.connect('laptop', 'ana');
  for (let i = 0; i < 100; i++) flood.spend(1);
  flood[Symbol.dispose]();
  t.paces.sweep();
  const again = t.connect('laptop', 'ana');
  expect(again.isSlowed).toBe(true);
  again[Symbol.dispose]();
  vi.advanceTimersByTime(200_000);
  t.paces.sweep();
  expect(t.paces.size).toBe(0);
});

test('metrics say how many are slowed, for how long, and by whose rate', async () => {
  using t = scene();
  const pace = t.connect('laptop', 'ana');
  for (let i = 0; i < 14; i++) pace.spend(1);
  expect(await t.shown('tidewire_slowed_sockets')).toEqual(['tidewire_slowed_sockets 1']);
  vi.advanceTimersByTime(4_000);
  expect(await t.shown('tidewire_slowed_sockets')).toEqual(['tidewire_slowed_sockets 0']);
  expect(await t.shown('tidewire_slowed_seconds_total')).toEqual(['tidewire_slowed_seconds_total{by="device"} 4']);
});
