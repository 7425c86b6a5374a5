import { expect, test } from 'vitest';
import type { UserId } from '../../schema/ids.ts';
import { LOOKING_LAPSES_MS } from '../../schema/limits.ts';
import { createHub, createInMemoryFanOut } from '../fan-out/in-memory.ts';
import { createLog } from '../log.ts';
import { Looking } from './looking.ts';

const [ANA, BO] = ['ana', 'bo'] as UserId[] as [UserId, UserId];

function twoServers() {
  const log = createLog({ level: 'silent' });
  const hub = createHub();
  const clock = { ms: 1_000, now: () => clock.ms };
  const [here, there] = [0, 1].map(() => new Looking({ fanOut: createInMemoryFanOut({ log, hub }), clock }));
  if (!here || !there) throw new Error('two servers');
  /** Notices are heard after `publish` has returned. */
  const announce = async () => {
    for (const each of [here, there]) each.announce();
    await new Promise<void>((resolve) => queueMicrotask(resolve));
  };
  return { here, there, clock, announce };
}

test('who looks at a conversation looks at it for every server, until they look elsewhere or leave', async () => {
  const { here, there, announce } = twoServers();
  const [laptop, phone] = [{}, {}];
  here.look(laptop, ANA, 'c');
  there.look(phone, ANA, 'd');
  await announce();
  for (const each of [here, there]) {
    expect(each.isLooking(ANA, 'c')).toBe(true);
    expect(each.isLooking(ANA, 'd')).toBe(true);
    expect(each.isLooking(BO, 'c')).toBe(false);
  }
  here.look(laptop, ANA, undefined);
  there.forget(phone);
  await announce();
  for (const each of [here, there]) for (const c of ['c', 'd']) expect(each.isLooking(ANA, c)).toBe(false);
});

test('two devices at one server are two looks', async () => {
  const { here, there, announce } = twoServers();
  const [laptop, phone] = [{}, {}];
  here.look(laptop, ANA, 'c');
  here.look(phone, ANA, 'c');
  here.forget(laptop);
  await announce();
  expect(there.isLooking(ANA, 'c')).toBe(true);
});

test('a device that says it no more looks no more', async () => {
  const { here, there, clock, announce } = twoServers();
  const laptop = {};
  here.look(laptop, ANA, 'c');
  await announce();
  clock.ms += LOOKING_LAPSES_MS - 1;
  expect(there.isLooking(ANA, 'c')).toBe(true);
  here.look(laptop, ANA, 'c');
  await announce();
  clock.ms += LOOKING_LAPSES_MS;
  expect(there.isLooking(ANA, 'c')).toBe(false);
  // Somebody else's word does not bring it back.
  here.look({}, ANA, 'd');
  clock.ms += 1;
  await announce();
  expect(there.isLooking(ANA, 'c')).toBe(false);
});
