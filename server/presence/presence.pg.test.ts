import { expect, test } from 'vitest';
import type { ConversationId, UserId } from '../../schema/ids.ts';
import { GRACE_MS, LAPSE_MS } from './presence-store.ts';
import { startPresence, TestWatcher } from './testing.ts';

const [ANA, BO, CY, DEE] = ['ana', 'bo', 'cy', 'dee'] as [UserId, UserId, UserId, UserId];
const nothing = (id: string) => ({ id, online: false, lastSeen: 0 });

/** `watcher` watches from now on; resolves with the answer. */
async function watch(
  server: { presence: { watch(watcher: TestWatcher, users: string[]): void } },
  watcher: TestWatcher,
  ...users: string[]
) {
  const answer = watcher.next();
  server.presence.watch(watcher, users);
  return answer;
}

test('a watch is answered at once, with everybody in it, and then hears who comes and goes', async () => {
  await using scene = await startPresence();
  const { only } = scene;
  const watcher = new TestWatcher(ANA);
  expect(await watch(only, watcher, BO, CY)).toEqual([nothing('bo'), nothing('cy')]);
  only.presence.connected(BO);
  const came = await watcher.until('bo', 'online');
  only.presence.disconnected(BO);
  const leftAt = scene.clock.now();
  scene.clock.offsetMs += GRACE_MS + 1;
  const left = await watcher.until('bo', 'offline');
  expect(came.lastSeen).toBeLessThanOrEqual(leftAt);
  expect(Math.abs(left.lastSeen - leftAt)).toBeLessThan(1_000);
  expect(watcher.last('cy')).toEqual(nothing('cy'));
});

test('who is online already is so in the first answer, on any server', async () => {
  await using scene = await startPresence({ servers: 2 });
  const [here, there] = scene.servers as [typeof scene.only, typeof scene.only];
  const first = new TestWatcher(ANA);
  await watch(there, first, BO);
  here.presence.connected(BO);
  await first.until('bo', 'online');
  expect(await watch(there, new TestWatcher(CY), BO)).toMatchObject([{ id: 'bo', online: true }]);
});

test('somebody is online until the last connection on the last server has ended', async () => {
  await using scene = await startPresence({ servers: 2 });
  const [here, there] = scene.servers as [typeof scene.only, typeof scene.only];
  const watcher = new TestWatcher(ANA);
  await watch(here, watcher, BO, CY);
  for (const { presence } of [here, here, there]) presence.connected(BO);
  await watcher.until('bo', 'online');
  here.presence.disconnected(BO);
  here.presence.disconnected(BO);
  scene.clock.offsetMs += GRACE_MS + 1;
  // Somebody else's news come after: by then bo's would have been told.
  here.presence.connected(CY);
  await watcher.until('cy', 'online');
  expect(watcher.last('bo')?.online).toBe(true);
  there.presence.disconnected(BO);
  scene.clock.offsetMs += GRACE_MS + 1;
  await watcher.until('bo', 'offline');
});

test('a page that is loaded again does not blink', async () => {
  await using scene = await startPresence();
  const { only, clock } = scene;
  const watcher = new TestWatcher(ANA);
  await watch(only, watcher, BO, CY);
  only.presence.connected(BO);
  await watcher.until('bo', 'online');
  only.presence.disconnected(BO);
  clock.offsetMs += 7_000;
  only.presence.connected(CY);
  await watcher.until('cy', 'online');
  only.presence.connected(BO);
  clock.offsetMs += GRACE_MS;
  only.presence.disconnected(CY);
  clock.offsetMs += GRACE_MS + 1;
  await watcher.until('cy', 'offline');
  expect(watcher.told.flat().filter(({ id }) => id === 'bo')).toMatchObject([{ online: false }, { online: true }]);
});

test('the people of a server that died without a word are offline once it has lapsed', async () => {
  await using scene = await startPresence({ servers: 2 });
  const [here, there] = scene.servers as [typeof scene.only, typeof scene.only];
  const watcher = new TestWatcher(ANA);
  await watch(here, watcher, BO);
  there.presence.connected(BO);
  await watcher.until('bo', 'online');
  // As when what it said has lapsed: nobody says anything.
  await there.store.change({ arrived: [], left: [BO] });
  scene.clock.offsetMs += LAPSE_MS;
  await watcher.until('bo', 'offline');
});

test('when people were last here outlives every server', async () => {
  await using scene = await startPresence({ servers: 2 });
  const [here, there] = scene.servers as [typeof scene.only, typeof scene.only];
  const watcher = new TestWatcher(ANA);
  await watch(here, watcher, BO, CY);
  for (const user of [BO, CY]) here.presence.connected(user);
  await watcher.until('cy', 'online');
  await watcher.until('bo', 'online');
  here.presence.disconnected(BO);
  scene.clock.offsetMs += GRACE_MS + 1;
  const { lastSeen } = await watcher.until('bo', 'offline');
  const endedAt = scene.clock.now();
  await here.presence[Symbol.asyncDispose]();
  const answer = await watch(there, new TestWatcher(ANA), BO, CY);
  expect(answer[0]).toEqual({ id: 'bo', online: false, lastSeen });
  // Connected until the server ended.
  expect(answer[1]?.lastSeen).toBeGreaterThanOrEqual(endedAt);
});

test('of strangers, of people who do not exist and of nobody in particular nothing is told, now or later', async () => {
  await using scene = await startPresence();
  const { only } = scene;
  only.presence.connected(DEE);
  only.presence.connected(BO);
  const friend = new TestWatcher(ANA);
  await watch(only, friend, BO);
  await friend.until('bo', 'online');
  expect(await watch(only, friend, DEE, 'nobody', "'; drop table users", BO)).toMatchObject([
    nothing('dee'),
    nothing('nobody'),
    nothing("'; drop table users"),
    { id: 'bo', online: true },
  ]);
  const stranger = new TestWatcher(DEE);
  expect(await watch(only, stranger, ANA, BO)).toEqual([nothing('ana'), nothing('bo')]);
  only.presence.disconnected(BO);
  scene.clock.offsetMs += GRACE_MS + 1;
  await friend.until('bo', 'offline');
  expect(stranger.told.length).toBe(1);
});

test('who loses the last conversation in common sees nothing more, at once', async () => {
  await using scene = await startPresence({ servers: 2 });
  const [here, there] = scene.servers as [typeof scene.only, typeof scene.only];
  const watcher = new TestWatcher(ANA);
  here.presence.connected(BO);
  await watch(here, watcher, BO, CY);
  await watcher.until('bo', 'online');
  await scene.pool.query(`delete from members where "user" = 'bo'`);
  scene.clock.offsetMs += 1_000;
  there.fanOut.publish('membership', { conversation: scene.conversation });
  expect(await watcher.until('bo', 'offline')).toEqual(nothing('bo'));
});

test('who hides presence is neither online nor last seen to anybody and sees nobody, until they show themselves', async () => {
  await using scene = await startPresence();
  const { only, clock } = scene;
  for (const user of [ANA, BO]) only.presence.connected(user);
  const [ofAna, ofBo] = [new TestWatcher(ANA), new TestWatcher(BO)];
  await watch(only, ofAna, BO);
  await watch(only, ofBo, ANA);
  await Promise.all([ofAna.until('bo', 'online'), ofBo.until('ana', 'online')]);
  clock.offsetMs += 1_000;
  await scene.set('bo', 'presence', false);
  expect(await ofAna.until('bo', 'offline')).toEqual(nothing('bo'));
  expect(await ofBo.until('ana', 'offline')).toEqual(nothing('ana'));
  expect(await watch(only, new TestWatcher(CY), BO, ANA)).toMatchObject([nothing('bo'), { online: true }]);
  clock.offsetMs += 1_000;
  await scene.set('bo', 'presence', true);
  await Promise.all([ofAna.until('bo', 'online'), ofBo.until('ana', 'online')]);
});

test('a right that no notice took away is believed for a minute, and looked up before anything is told after that', async () => {
  await using scene = await startPresence();
  const { only, clock } = scene;
  const watcher = new TestWatcher(ANA);
  await watch(only, watcher, BO, CY);
  await scene.pool.query(`delete from members where "user" = 'bo'`);
  clock.offsetMs += 61_000;
  only.presence.connected(BO);
  only.presence.connected(CY);
  await watcher.until('cy', 'online');
  expect(watcher.told.flat().every(({ id, online }) => id === 'cy' || !online)).toBe(true);
});

test('looking around costs one statement for all who wait, and none for people who are known already', async () => {
  await using scene = await startPresence();
  const { only, clock, queries } = scene;
  const watchers = Array.from({ length: 50 }, () => new TestWatcher(ANA));
  await Promise.all(watchers.map((watcher) => watch(only, watcher, BO, CY)));
  expect(queries.get('acquaintances')).toBe(1);
  clock.offsetMs += 1_000;
  await Promise.all(watchers.map((watcher) => watch(only, watcher, CY)));
  expect(queries.get('acquaintances')).toBe(1);
});

test('one who changes whom they watch all the time is answered with the last set, and not each time', async () => {
  await using scene = await startPresence();
  const { only, queries } = scene;
  const watcher = new TestWatcher(ANA);
  for (let i = 0; i < 1_000; i++) await watchOnce(only, watcher, i);
  const answer = await watch(only, watcher, BO);
  await expect.poll(() => watcher.last('bo')).toBeDefined();
  expect(answer.length).toBe(1);
  expect(queries.get('acquaintances')).toBeLessThan(10);
});

test('a connection that has ended is told nothing and leaves nothing behind', async () => {
  await using scene = await startPresence();
  const { only } = scene;
  const [gone, stays] = [new TestWatcher(ANA), new TestWatcher(CY)];
  await watch(only, gone, BO);
  await watch(only, stays, BO);
  const count = gone.told.length;
  only.presence.forget(gone);
  only.presence.connected(BO);
  await stays.until('bo', 'online');
  expect(gone.told.length).toBe(count);
  only.presence.forget(stays);
  const { body } = await only.metrics.text();
  expect(body).toContain('tidewire_presence_watchers 0');
  expect(body).toContain('tidewire_presence_watched 0');
  expect(body).toContain('tidewire_presence_online 1');
});

test('a store that cannot be told or asked is counted, and what this server knows is told', async () => {
  await using scene = await startPresence();
  const { only } = scene;
  const away = () => Promise.reject(new Error('away'));
  Object.assign(only.store, { change: away, findOnline: away });
  only.presence.connected(BO);
  const watcher = new TestWatcher(ANA);
  await watch(only, watcher, BO);
  await watcher.until('bo', 'online');
  const text = async () => (await only.metrics.text()).body;
  await expect.poll(text).toMatch(/tidewire_presence_failures_total\{what="say"\} [1-9]/);
  expect(await text()).toMatch(/tidewire_presence_failures_total\{what="look-up"\} [1-9]/);
});

test('while the database cannot be asked a watch waits, and is answered afterwards', async () => {
  await using scene = await startPresence();
  const { only } = scene;
  await scene.pool.query('alter table user_settings rename to elsewhere');
  const watcher = new TestWatcher(ANA);
  const answer = watch(only, watcher, BO);
  await expect.poll(() => scene.queries.get('acquaintances') ?? 0).toBeGreaterThan(0);
  expect(watcher.told).toEqual([]);
  await scene.pool.query('alter table elsewhere rename to user_settings');
  scene.clock.offsetMs += 1_000;
  expect(await answer).toEqual([nothing('bo')]);
});

/** A set of one stranger, another each time. */
async function watchOnce(
  server: { presence: { watch(watcher: TestWatcher, users: string[]): void } },
  watcher: TestWatcher,
  index: number,
) {
  server.presence.watch(watcher, [`stranger-${index}`]);
  await new Promise((resolve) => setImmediate(resolve));
}

/** Who heard what of typing, in the fan-out. */
function listen(scene: Awaited<ReturnType<typeof startPresence>>) {
  const heard: { user: string; people: readonly string[]; conversation: string }[] = [];
  scene.only.fanOut.subscribe('typing', (notice) => heard.push(notice));
  return heard;
}

test('typing is heard by the other members, stamped with who it was, and costs a query only the first time', async () => {
  await using scene = await startPresence();
  const heard = listen(scene);
  const connection = new TestWatcher(ANA);
  for (let i = 1; i <= 5; i++) {
    scene.only.presence.typed(connection, 'abc');
    await expect.poll(() => heard.length).toBe(i);
    scene.clock.offsetMs += 1_500;
  }
  expect(heard[0]).toEqual({ conversation: 'abc', user: 'ana', people: ['bo', 'cy'] });
  expect(scene.queries.get('audiences')).toBe(1);
});

test('typing is dropped from people who are no members, in large groups, and in conversations that do not exist', async () => {
  await using scene = await startPresence();
  const heard = listen(scene);
  const many = Array.from({ length: 20 }, (_, index) => `user-${index}`);
  await scene.pool.query(
    "insert into users (id, name, email) select id, id, id || '@example.org' from unnest($1::text[]) id",
    [many],
  );
  await scene.addGroup('large', ['ana', ...many]);
  await scene.addGroup('fits', many);
  const { presence } = scene.only;
  presence.typed(new TestWatcher(DEE), 'abc');
  presence.typed(new TestWatcher(ANA), 'large');
  presence.typed(new TestWatcher(ANA), 'nowhere');
  presence.typed(new TestWatcher('user-3'), 'fits');
  await expect.poll(() => heard.length).toBe(1);
  expect(heard[0]).toMatchObject({ conversation: 'fits', user: 'user-3' });
  expect(heard[0]?.people.length).toBe(19);
  await expect
    .poll(async () => (await scene.only.metrics.text()).body)
    .toContain('tidewire_typing_total{outcome="dropped"} 3');
});

test('a flood of typing is one notice a second and conversation, and few queries', async () => {
  await using scene = await startPresence();
  const heard = listen(scene);
  const connection = new TestWatcher(ANA);
  // Time stands still, however slow the machine is.
  const nowMs = scene.clock.now();
  scene.clock.now = () => nowMs;
  for (let i = 0; i < 10_000; i++) scene.only.presence.typed(connection, 'abc');
  for (let i = 0; i < 10_000; i++) scene.only.presence.typed(connection, `nowhere-${i}`);
  await expect.poll(async () => (await scene.only.metrics.text()).body).toMatch(/outcome="dropped"\} 19999/);
  expect(heard.length).toBe(1);
  expect(scene.queries.get('audiences')).toBeLessThanOrEqual(2);
});

test('who hides typing neither sends nor receives it; who was removed does neither from then on', async () => {
  await using scene = await startPresence();
  const heard = listen(scene);
  const { presence, fanOut } = scene.only;
  await scene.set('bo', 'typing', false);
  presence.typed(new TestWatcher(BO), 'abc');
  presence.typed(new TestWatcher(ANA), 'abc');
  await expect.poll(() => heard.length).toBe(1);
  expect(heard[0]).toMatchObject({ user: 'ana', people: ['cy'] });
  await scene.set('bo', 'typing', true);
  await scene.pool.query(`delete from members where "user" = 'cy'`);
  fanOut.publish('membership', { conversation: 'abc' as ConversationId });
  await new Promise((resolve) => setImmediate(resolve));
  presence.typed(new TestWatcher(CY), 'abc');
  presence.typed(new TestWatcher(BO), 'abc');
  await expect.poll(() => heard.length).toBe(2);
  expect(heard[1]).toMatchObject({ user: 'bo', people: ['ana'] });
});
