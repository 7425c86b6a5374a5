/** What every fan-out promises, whatever carries its notices. `open` makes two servers that hear each other. */
import { expect, test } from 'vitest';
import type { ConversationId } from '../../schema/ids.ts';
import type { FanOut, Notices } from './fan-out.ts';

interface Pair extends AsyncDisposable {
  readonly here: FanOut;
  readonly there: FanOut;
}

const revoked = (...sessions: string[]): Notices['revoked'] => ({ sessions });

/** Collects what `fanOut` hears; `until(n)` resolves when it has heard n. */
function listen(fanOut: FanOut) {
  const heard: string[] = [];
  let check = (): void => {};
  const stop = fanOut.subscribe('revoked', ({ sessions }) => {
    heard.push(...sessions);
    check();
  });
  const until = (count: number): Promise<string[]> =>
    new Promise((resolve) => {
      check = () => heard.length >= count && resolve(heard);
      check();
    });
  return { heard, until, stop };
}

export function describeFanOut(open: () => Promise<Pair>): void {
  test('a notice reaches every listener of its topic on every server, its own included', async () => {
    await using pair = await open();
    const listeners = [listen(pair.here), listen(pair.here), listen(pair.there)];
    const other: unknown[] = [];
    pair.there.subscribe('membership', (notice) => other.push(notice));
    pair.here.publish('revoked', revoked('a'));
    for (const listener of listeners) expect(await listener.until(1)).toEqual(['a']);
    expect(other).toEqual([]);
  });

  test('a notice arrives as it was published', async () => {
    await using pair = await open();
    const notice: Notices['membership'] = { conversation: 'c' as ConversationId };
    const heard = new Promise((resolve) => pair.there.subscribe('membership', resolve));
    pair.here.publish('membership', notice);
    expect(await heard).toEqual(notice);
  });

  test('notices of one publisher arrive in order', async () => {
    await using pair = await open();
    const listener = listen(pair.there);
    const sent = Array.from({ length: 100 }, (_, index) => `${index}`);
    for (const session of sent) pair.here.publish('revoked', revoked(session));
    expect(await listener.until(100)).toEqual(sent);
  });

  test('nothing is delivered before publish has returned', async () => {
    await using pair = await open();
    const listener = listen(pair.here);
    pair.here.publish('revoked', revoked('a'));
    expect(listener.heard).toEqual([]);
    await listener.until(1);
  });

  test('a listener that throws keeps the notice neither from others nor from later ones', async () => {
    await using pair = await open();
    pair.here.subscribe('revoked', () => {
      throw new Error('a bug of this listener');
    });
    const listener = listen(pair.here);
    pair.here.publish('revoked', revoked('a'));
    pair.here.publish('revoked', revoked('b'));
    expect(await listener.until(2)).toEqual(['a', 'b']);
  });

  test('who has stopped listening hears nothing more, and stopping twice stops nobody else', async () => {
    await using pair = await open();
    const stopped = listen(pair.here);
    const listener = listen(pair.here);
    stopped.stop();
    stopped.stop();
    pair.here.publish('revoked', revoked('a'));
    expect(await listener.until(1)).toEqual(['a']);
    expect(stopped.heard).toEqual([]);
  });

  test('after its disposal a fan-out neither speaks nor hears, and may be disposed again', async () => {
    await using pair = await open();
    const there = listen(pair.there);
    const here = listen(pair.here);
    await pair.here[Symbol.asyncDispose]();
    await pair.here[Symbol.asyncDispose]();
    pair.here.publish('revoked', revoked('a'));
    pair.there.publish('revoked', revoked('b'));
    expect(await there.until(1)).toEqual(['b']);
    expect(here.heard).toEqual([]);
  });
}
