/** What every presence store promises, wherever it keeps things. `open` makes the stores of two servers. */
import { expect, test } from 'vitest';
import type { UserId } from '../../schema/ids.ts';
import type { PresenceStore } from './presence-store.ts';

interface Pair extends AsyncDisposable {
  readonly here: PresenceStore;
  readonly there: PresenceStore;
  /** As if the time had passed in which what `there` said lapses. */
  lapse(): Promise<void>;
  /** The store loses everything. */
  empty(): Promise<void>;
}

const people = (...names: string[]) => names as UserId[];
const [ANA, BO, CY] = people('ana', 'bo', 'cy') as [UserId, UserId, UserId];
const ALL = [ANA, BO, CY];

export function describePresenceStore(open: () => Promise<Pair>): void {
  const online = async (store: PresenceStore) => [...(await store.findOnline(ALL))].sort();
  const begin = ({ here, there }: Pair) => Promise.all([here.replace([]), there.replace([])]);
  const arrive = (store: PresenceStore, ...arrived: UserId[]) => store.change({ arrived, left: [] });
  const leave = (store: PresenceStore, ...left: UserId[]) => store.change({ arrived: [], left });

  test('at first nobody is online, and asking about nobody answers nobody', async () => {
    await using pair = await open();
    expect(await online(pair.here)).toEqual([]);
    expect([...(await pair.here.findOnline([]))]).toEqual([]);
  });

  test('who is connected to any server is online for all servers', async () => {
    await using pair = await open();
    await begin(pair);
    await arrive(pair.here, ANA);
    await arrive(pair.there, BO);
    expect(await online(pair.here)).toEqual(['ana', 'bo']);
    expect(await online(pair.there)).toEqual(['ana', 'bo']);
    expect([...(await pair.there.findOnline([BO, CY]))]).toEqual([BO]);
  });

  test('somebody is online until they have left every server', async () => {
    await using pair = await open();
    await begin(pair);
    await arrive(pair.here, ANA);
    await arrive(pair.there, ANA);
    await leave(pair.there, ANA);
    expect(await online(pair.there)).toEqual(['ana']);
    await leave(pair.here, ANA);
    expect(await online(pair.there)).toEqual([]);
  });

  test('saying something twice, or that somebody left who was not there, is no error', async () => {
    await using pair = await open();
    await begin(pair);
    await arrive(pair.here, ANA, ANA);
    await arrive(pair.here, ANA);
    await leave(pair.here, BO);
    await pair.here.change({ arrived: [], left: [] });
    expect(await online(pair.here)).toEqual(['ana']);
  });

  test('thousands are said and found at once', async () => {
    await using pair = await open();
    await begin(pair);
    const many = Array.from({ length: 5_000 }, (_, index) => `user-${index}` as UserId);
    await arrive(pair.here, ...many);
    expect((await pair.there.findOnline(many)).size).toBe(5_000);
    await pair.here.replace(many.slice(0, 2_500));
    expect((await pair.there.findOnline(many)).size).toBe(2_500);
  });

  test('saying anew takes back what was said before, and only that of the same server', async () => {
    await using pair = await open();
    await begin(pair);
    await arrive(pair.here, ANA, BO);
    await arrive(pair.there, BO);
    await pair.here.replace([CY]);
    expect(await online(pair.here)).toEqual(['bo', 'cy']);
    await pair.here.replace([]);
    expect(await online(pair.here)).toEqual(['bo']);
  });

  test('a server that is gone without a word is forgotten with its people, and only with those', async () => {
    await using pair = await open();
    await begin(pair);
    await arrive(pair.here, ANA);
    await arrive(pair.there, ANA, BO);
    await pair.lapse();
    expect(await online(pair.here)).toEqual(['ana']);
  });

  test('a server that has not begun is told so', async () => {
    await using pair = await open();
    expect(await arrive(pair.here, ANA)).toBe(false);
    expect(await pair.here.refresh()).toBe(false);
  });

  test('a server learns that what it said was forgotten, says it again, and is known again', async () => {
    await using pair = await open();
    await begin(pair);
    await arrive(pair.here, ANA);
    expect(await pair.here.refresh()).toBe(true);
    await pair.empty();
    expect(await online(pair.there)).toEqual([]);
    // Half of what was said would be worse than nothing.
    expect(await arrive(pair.here, BO)).toBe(false);
    expect(await online(pair.there)).toEqual([]);
    expect(await pair.here.refresh()).toBe(false);
    await pair.here.replace([ANA]);
    expect(await pair.here.refresh()).toBe(true);
    expect(await arrive(pair.here, BO)).toBe(true);
    expect(await online(pair.there)).toEqual(['ana', 'bo']);
  });

  test('with nobody connected a server is known all the same', async () => {
    await using pair = await open();
    await begin(pair);
    await arrive(pair.here, ANA);
    await leave(pair.here, ANA);
    expect(await pair.here.refresh()).toBe(true);
  });
}
