/** What every fan-out promises, whatever carries its notices. `open` makes two servers that hear each other. */
import { expect, test } from 'vitest';
import * as Y from 'yjs';
import type { ConversationId, DocumentId } from '../../schema/ids.ts';
import type { FanOut, Notices } from './fan-out.ts';
import { openEntry, sealEntry } from './sealed-entry.ts';

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

const DOCUMENT = 'c.0' as DocumentId;

/**
 * A room's end of a document: what it says with `speak` are entries of which only the seq matters. Like a room, it does not
 * care for what it knows.
 */
export function joinRoom(fanOut: FanOut, document = DOCUMENT, update = Uint8Array.of(1, 2, 3)) {
  const heard: number[] = [];
  const known = new Set<number>();
  let check = (): void => {};
  const link = fanOut.join(document, {
    receive(entries) {
      for (const entry of entries) {
        const seq = openEntry(entry)?.seq ?? Number.NaN;
        if (!known.has(seq)) heard.push(seq);
        known.add(seq);
      }
      check();
    },
  });
  let copy = new Y.Doc();
  link.carry(copy);
  return {
    ...{ heard, link },
    speak(...seqs: readonly number[]) {
      for (const seq of seqs) {
        known.add(seq);
        const entry = { update, seq, bindings: [], closes: false };
        copy.emit('update', [sealEntry(entry), null, copy, undefined as unknown as Y.Transaction]);
      }
    },
    get copy() {
      return copy;
    },
    carry(next: Y.Doc) {
      copy = next;
      link.carry(next);
    },
    /** Resolves when that entry was heard. */
    until: (seq: number): Promise<void> =>
      new Promise((resolve) => {
        check = () => heard.includes(seq) && resolve();
        check();
      }),
  };
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

  test('what a room commits reaches the rooms of the same document on other servers, in order, and no other', async () => {
    await using pair = await open();
    const [here, there] = [joinRoom(pair.here), joinRoom(pair.there)];
    const other = joinRoom(pair.there, 'c.1' as DocumentId);
    const seqs = Array.from({ length: 200 }, (_, index) => index + 1);
    for (const seq of seqs) here.speak(seq);
    await there.until(200);
    expect(there.heard).toEqual(seqs);
    there.speak(201);
    await here.until(201);
    expect(here.heard).toEqual([201]);
    expect(other.heard).toEqual([]);
  });

  test('an entry arrives byte for byte, and what the copy held before does not', async () => {
    await using pair = await open();
    const here = joinRoom(pair.here);
    const full = new Y.Doc();
    full.getArray('messages').push(['before']);
    here.carry(full);
    const entry = sealEntry({ update: Uint8Array.of(4, 5), seq: 7, bindings: [], closes: true });
    const heard = new Promise<readonly Uint8Array[]>((resolve) => pair.there.join(DOCUMENT, { receive: resolve }));
    full.emit('update', [entry, null, full, undefined as unknown as Y.Transaction]);
    expect((await heard).map((bytes) => [...bytes])).toEqual([[...entry]]);
  });

  test('a room that loads again speaks through its new copy alone', async () => {
    await using pair = await open();
    const [here, there] = [joinRoom(pair.here), joinRoom(pair.there)];
    const former = here.copy;
    here.speak(1);
    here.carry(new Y.Doc());
    here.speak(2);
    former.emit('update', [new Uint8Array(), null, former, undefined as unknown as Y.Transaction]);
    here.speak(3);
    await there.until(3);
    expect(there.heard).toEqual([1, 2, 3]);
  });

  test('a room that is closed neither speaks nor hears, and may be opened again', async () => {
    await using pair = await open();
    const [here, there] = [joinRoom(pair.here), joinRoom(pair.there)];
    here.speak(1);
    await there.until(1);
    there.link.close();
    there.link.close();
    there.speak(2);
    here.speak(3);
    const again = joinRoom(pair.there);
    here.speak(4);
    await again.until(4);
    again.speak(5);
    await here.until(5);
    expect(there.heard).toEqual([1]);
    expect(here.heard).not.toContain(2);
  });

  test('what was forgotten is not brought again, what comes later is', async () => {
    await using pair = await open();
    const [here, there] = [joinRoom(pair.here), joinRoom(pair.there)];
    here.speak(1, 2);
    await there.until(2);
    here.link.forget(2);
    here.speak(3);
    await there.until(3);
    there.speak(4);
    await here.until(4);
    expect(there.heard).toEqual([1, 2, 3]);
  });

  test('rooms of a fan-out that was disposed neither speak nor hear', async () => {
    await using pair = await open();
    const [here, there] = [joinRoom(pair.here), joinRoom(pair.there)];
    here.speak(1);
    await there.until(1);
    await pair.here[Symbol.asyncDispose]();
    here.speak(2);
    there.speak(3);
    expect(here.heard).toEqual([]);
    expect(there.heard).toEqual([1]);
  });
}
