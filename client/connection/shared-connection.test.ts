import { describe, expect, test } from 'vitest';
import type { Clock } from './clock.ts';
import { describeConnection } from './connection.contract.ts';
import type { Locks } from './election.ts';
import { SharedConnection } from './shared-connection.ts';
import { SocketConnection } from './socket-connection.ts';
import { recorder, TestEnd } from './testing-end.ts';
import { TestClock, TestWake } from './testing-link.ts';
import { settled, TestTabs } from './testing-tabs.ts';

/** A browser whose tabs share a connection, and the server. */
function browser(name = 'ana') {
  const tabs = new TestTabs();
  const end = new TestEnd();
  const clock = new TestClock();
  const opened: SharedConnection[] = [];
  const elected: unknown[] = [];
  return {
    tabs,
    end,
    clock,
    elected,
    /** A tab that wants a connection. */
    tab(options: { name?: string; locks?: Locks; clock?: Clock } = {}) {
      const tab = tabs.open();
      const wake = new TestWake();
      const connection = new SharedConnection({
        url: 'ws://server/sync',
        createSocket: end.createSocket,
        ...{ clock: options.clock ?? clock, wake, random: () => 0 },
        locks: options.locks ?? tab.locks,
        createBus: tab.createBus,
        name: options.name ?? name,
        onLead: () => elected.push(tab),
      });
      opened.push(connection);
      connection.request();
      return { tab, wake, connection, crash: () => tab.crash() };
    },
    [Symbol.dispose]() {
      for (const connection of opened) connection[Symbol.dispose]();
    },
  };
}

/** Five tabs, each with the document open over one socket. */
async function five(document = 'c.0') {
  const t = browser();
  const tabs = Array.from({ length: 5 }, () => ({ ...t.tab(), ...recorder() }));
  await settled();
  t.end.accept();
  for (const { connection, events } of tabs) connection.open(document, undefined, events);
  await settled();
  t.end.openAll();
  await settled();
  return { ...t, tabs };
}

describe('its own socket', () => {
  describeConnection(async () => {
    const end = new TestEnd();
    const connection = new SocketConnection({
      url: 'ws://server/sync',
      createSocket: end.createSocket,
      ...{ clock: new TestClock(), wake: new TestWake(), random: () => 0 },
    });
    connection.request();
    return { connection, end, settled, [Symbol.dispose]: () => connection[Symbol.dispose]() };
  });
});

describe('a leader', () => {
  describeConnection(async () => {
    const t = browser();
    const { connection } = t.tab();
    await settled();
    return { connection, end: t.end, settled, [Symbol.dispose]: () => t[Symbol.dispose]() };
  });
});

describe('a follower', () => {
  describeConnection(async () => {
    const t = browser();
    t.tab();
    await settled();
    const { connection } = t.tab();
    await settled();
    return { connection, end: t.end, settled, [Symbol.dispose]: () => t[Symbol.dispose]() };
  });
});

describe('tabs of one browser', () => {
  test('five tabs have one socket, and each document is a channel for each of them', async () => {
    using t = await five();
    expect(t.end.sockets).toHaveLength(1);
    const channels = t.end.channelsOf('c.0');
    expect(channels).toHaveLength(5);
    for (const [at, channel] of channels.entries()) t.end.send(channel, Uint8Array.of(100 + at));
    await settled();
    const heard = t.tabs.map((tab) => JSON.stringify(tab.heard));
    expect(new Set(heard).size).toBe(5);
    for (const one of heard) expect(one).toMatch(/^\[\["opened","g"\],\["payload",10\d\]\]$/);
  });

  test('when the leader dies without a word, another tab leads at once and every channel is opened anew', async () => {
    using t = await five();
    t.tabs[0]?.crash();
    await settled();
    expect(t.end.sockets, 'no timer was needed').toHaveLength(2);
    expect(t.elected).toHaveLength(2);
    const again = t.tabs.slice(1).map(({ connection, heard }) => {
      expect(heard).toEqual([
        ['opened', 'g'],
        ['closed', 1006],
      ]);
      const next = recorder();
      connection.open('c.0', undefined, next.events);
      return next;
    });
    t.end.accept();
    await settled();
    t.end.openAll();
    await settled();
    for (const { heard } of again) expect(heard).toEqual([['opened', 'g']]);
    expect(t.end.channelsOf('c.0')).toHaveLength(4);
  });

  test('a channel wanted while nobody leads is neither lost nor refused', async () => {
    using t = await five();
    t.tabs[0]?.crash();
    const { heard, events } = recorder();
    t.tabs[3]?.connection.open('late.0', undefined, events);
    await settled();
    t.end.accept();
    await settled();
    t.end.openAll();
    await settled();
    // The leader it was sent to was dead: to its owner, a connection lost. Asked for again, it is there.
    if (heard.length > 0) {
      expect(heard).toEqual([['closed', 1006]]);
      t.tabs[3]?.connection.open('late.0', undefined, events);
      await settled();
      t.end.openAll();
      await settled();
    }
    expect(heard.at(-1)).toEqual(['opened', 'g']);
  });

  test('the channels of a tab that dies are closed', async () => {
    using t = await five();
    t.tabs[2]?.crash();
    await settled();
    expect(t.end.sockets).toHaveLength(1);
    const closed = t.end.controls().filter((message) => message.t === 'close');
    expect(closed).toHaveLength(1);
  });

  test('a frozen leader is robbed by a tab that can be seen, and follows when it wakes up', async () => {
    using t = await five();
    for (const { wake } of t.tabs.slice(2)) wake.visible = false;
    t.tabs[0]?.tab.freeze();
    for (let second = 0; second < 9; second++) {
      t.clock.advance(1_000);
      await settled();
    }
    expect(t.end.sockets).toHaveLength(2);
    t.end.accept();
    await settled();
    for (const { connection } of t.tabs.slice(1)) expect(connection.state.is).toBe('open');
    t.tabs[0]?.tab.thaw();
    await settled();
    expect(t.end.sockets[0]?.isClosedByClient).toBe(true);
    expect(t.end.open).toBe(1);
    expect(t.tabs[0]?.connection.state.is).toBe('open');
    expect(t.tabs[0]?.heard.at(-1)).toEqual(['closed', 1006]);
    const { heard, events } = recorder();
    t.tabs[0]?.connection.open('c.0', undefined, events);
    await settled();
    t.end.openAll();
    await settled();
    expect(heard).toEqual([['opened', 'g']]);
  });

  test('what a robbed leader still says is heard by nobody', async () => {
    using t = await five();
    for (const { wake } of t.tabs.slice(2)) wake.visible = false;
    t.tabs[0]?.tab.freeze();
    for (let second = 0; second < 9; second++) {
      t.clock.advance(1_000);
      await settled();
    }
    const follower = recorder();
    t.tabs[1]?.connection.open('c.0', undefined, follower.events);
    await settled();
    const [former] = t.end.sockets;
    // Its socket still receives: the tab's network lives on while its scripts do not.
    former?.deliver(Uint8Array.of(2, 0, 2, 0));
    former?.deliver(Uint8Array.of(3, 0, 2, 0));
    t.end.accept();
    await settled();
    former?.end(1006);
    await settled();
    for (const { connection } of t.tabs.slice(1)) expect(connection.state.is).toBe('open');
    expect(t.tabs.slice(1).flatMap(({ heard }) => heard.filter((one) => (one as string[])[0] === 'payload'))).toEqual(
      [],
    );
  });

  test('a leader that answers is left alone for hours, also by many tabs that can be seen', async () => {
    using t = await five();
    for (let minute = 0; minute < 20; minute++) {
      for (let second = 0; second < 60; second += 3) {
        t.clock.advance(3_000);
        t.end.say({ t: 'pong' });
        await settled();
      }
    }
    expect(t.end.sockets).toHaveLength(1);
  }, 60_000);

  test('a leader behind hidden tabs keeps the lock: nobody sees what is missing', async () => {
    using t = await five();
    for (const { wake } of t.tabs) wake.visible = false;
    t.tabs[0]?.tab.freeze();
    for (let second = 0; second < 60; second++) {
      t.clock.advance(1_000);
      t.end.say({ t: 'pong' });
      await settled();
    }
    expect(t.end.sockets).toHaveLength(1);
    const seen = t.tabs[4];
    if (!seen) throw new Error('five tabs');
    seen.wake.visible = true;
    seen.wake.hint();
    t.clock.advance(3_000);
    await settled();
    expect(t.end.sockets).toHaveLength(2);
  });

  test('a tab that can be seen lends a hidden leader its timers: a silent connection is pinged', async () => {
    using t = browser();
    t.tab({ clock: { now: () => t.clock.now(), after: () => () => undefined } });
    await settled();
    t.end.accept();
    t.tab();
    const before = t.end.socket.sent.length;
    for (let second = 0; second < 12; second++) {
      t.clock.advance(1_000);
      await settled();
    }
    expect(t.end.sockets).toHaveLength(1);
    expect(t.end.socket.sent.length).toBe(before + 1);
  });

  test('who signs out leaves the connection to the others; the socket is closed with the last', async () => {
    using t = await five();
    t.tabs[0]?.connection.stop();
    await settled();
    expect(t.end.sockets).toHaveLength(2);
    expect(t.end.open).toBe(1);
    for (const { connection } of t.tabs) connection.stop();
    await settled();
    expect(t.end.open).toBe(0);
    for (const { connection } of t.tabs) expect(connection.state.is).toBe('stopped');
  });

  test('a session that is over is over in all tabs', async () => {
    using t = await five();
    t.end.socket.end(4401);
    await settled();
    for (const { connection } of t.tabs) expect(connection.state).toMatchObject({ is: 'stopped', code: 4401 });
  });

  test('tabs of two accounts do not meet', async () => {
    using t = browser();
    t.tab({ name: 'ana' });
    t.tab({ name: 'bo' });
    await settled();
    expect(t.end.sockets).toHaveLength(2);
  });

  test('where locks are refused, a tab has its own socket', async () => {
    using t = browser();
    const refused: Locks = { request: () => Promise.reject(new DOMException('no', 'SecurityError')) };
    for (let count = 0; count < 2; count++) t.tab({ locks: refused });
    await settled();
    expect(t.end.sockets).toHaveLength(2);
  });

  test('the server is told of the conversation that one tab has before somebody’s eyes, until that tab looks away or ends', async () => {
    using t = await five();
    const [first, second] = t.tabs as [(typeof t.tabs)[0], (typeof t.tabs)[0]];
    const looked = () => t.end.controls().findLast((message) => message.t === 'looking');
    first.connection.send({ t: 'looking', conversation: 'talk' });
    second.connection.send({ t: 'looking', conversation: 'other' });
    await settled();
    expect(looked()).toEqual({ t: 'looking', conversation: 'other' });
    // Heard late: the focus went to the second tab already.
    first.connection.send({ t: 'looking' });
    await settled();
    expect(looked()).toEqual({ t: 'looking', conversation: 'other' });
    second.crash();
    await settled();
    expect(looked()).toEqual({ t: 'looking' });
  });

  test('the server is told of all people whom any tab watches, and hears less when a tab goes', async () => {
    using t = await five();
    t.tabs[0]?.connection.send({ t: 'watch', users: ['bo'] });
    t.tabs[1]?.connection.send({ t: 'watch', users: ['bo', 'cy'] });
    await settled();
    const watched = () => t.end.controls().findLast((message) => message.t === 'watch');
    expect(new Set((watched() as { users: string[] }).users)).toEqual(new Set(['bo', 'cy']));
    t.tabs[1]?.crash();
    await settled();
    expect(watched()).toEqual({ t: 'watch', users: ['bo'] });
  });

  test('a tab hears that a document stirs which only another tab holds', async () => {
    using t = await five();
    const stirred = t.tabs.map(({ connection }) => {
      const documents: string[] = [];
      connection.onStir((document) => documents.push(document));
      return documents;
    });
    t.tabs[1]?.connection.open('old.0', undefined, recorder().events);
    await settled();
    t.end.openAll();
    await settled();
    const [channel = 0] = t.end.channelsOf('old.0');
    t.end.update(channel);
    await settled();
    expect(stirred).toEqual([['old.0'], [], ['old.0'], ['old.0'], ['old.0']]);
    const [everybody = 0] = t.end.channelsOf('c.0');
    t.end.update(everybody);
    await settled();
    expect(stirred.flat()).toHaveLength(4);
  });

  test('megabytes pass between tabs unchanged', async () => {
    using t = await five();
    const payload = new Uint8Array(6 * 1024 * 1024).map((_, at) => at % 251);
    const received: Uint8Array[] = [];
    const tab = t.tabs[4];
    if (!tab) throw new Error('five tabs');
    tab.connection.open('big.0', undefined, { ...recorder().events, payload: (bytes) => received.push(bytes) });
    await settled();
    t.end.openAll();
    t.end.send(t.end.channelsOf('big.0')[0] ?? 0, payload);
    await settled();
    expect(received).toHaveLength(1);
    expect(Buffer.compare(received[0] as Uint8Array, payload)).toBe(0);
  });

  test('a tab that takes nothing in is dropped, and joins again when it does', async () => {
    using t = await five();
    const tab = t.tabs[4];
    if (!tab) throw new Error('five tabs');
    const closed: number[] = [];
    tab.connection.open('big.0', undefined, {
      ...recorder().events,
      payload: () => {},
      closed: (code) => closed.push(code),
    });
    await settled();
    t.end.openAll();
    await settled();
    tab.tab.freeze();
    const megabytes = new Uint8Array(4 * 1024 * 1024);
    for (let times = 0; times < 20; times++) t.end.send(t.end.channelsOf('big.0')[0] ?? 0, megabytes);
    await settled();
    // Both of its channels.
    expect(t.end.controls().filter((message) => message.t === 'close')).toHaveLength(2);
    tab.tab.thaw();
    await settled();
    expect(closed).toEqual([1006]);
    expect(tab.heard.at(-1)).toEqual(['closed', 1006]);
    expect(tab.connection.state.is).toBe('open');
  });

  test('the server is asked for a bounded number of documents at a time', async () => {
    using t = browser();
    const { connection } = t.tab();
    await settled();
    for (let at = 0; at < 120; at++) connection.open(`c${at}.0`, undefined, recorder().events);
    t.end.accept();
    await settled();
    expect(t.end.controls()).toHaveLength(50);
    t.end.openAll();
    expect(t.end.controls()).toHaveLength(100);
    t.end.openAll();
    expect(t.end.controls()).toHaveLength(120);
  });
});
