/** What every connection promises to who uses it, whoever has the socket. `connect` makes one and lets what was said arrive. */
import { expect, test } from 'vitest';
import type { Connection } from './connection.ts';
import { recorder, type TestEnd } from './testing-end.ts';

interface Connected extends Disposable {
  readonly connection: Connection;
  /** The server. */
  readonly end: TestEnd;
  settled(): Promise<void>;
}

export function describeConnection(connect: () => Promise<Connected>): void {
  test('a channel wanted before there is a connection is asked for once there is one', async () => {
    using t = await connect();
    const { heard, events } = recorder();
    const channel = t.connection.open('c.0', 'g', events);
    await t.settled();
    expect(heard).toEqual([]);
    t.end.accept();
    await t.settled();
    expect(t.end.controls()).toEqual([{ t: 'open', channel: expect.any(Number), document: 'c.0', generation: 'g' }]);
    t.end.openAll();
    const [number = 0] = t.end.channelsOf('c.0');
    t.end.send(number, Uint8Array.of(7, 8));
    await t.settled();
    expect(heard).toEqual([
      ['opened', 'g'],
      ['payload', 7, 8],
    ]);
    channel.send(Uint8Array.of(1, 2, 3));
    await t.settled();
    expect(t.end.payloads()).toEqual([[number, 1, 2, 3]]);
    channel.close();
    await t.settled();
    expect(t.end.controls().at(-1)).toEqual({ t: 'close', channel: number });
    t.end.send(number, Uint8Array.of(9));
    await t.settled();
    expect(heard).toHaveLength(2);
  });

  test('a refusal about one document closes its channel only', async () => {
    using t = await connect();
    t.end.accept();
    await t.settled();
    const [first, second] = [recorder(), recorder()];
    t.connection.open('a.0', undefined, first.events);
    t.connection.open('b.0', undefined, second.events);
    await t.settled();
    const [a = 0] = t.end.channelsOf('a.0');
    const [b = 0] = t.end.channelsOf('b.0');
    t.end.say({ t: 'closed', channel: a, code: 4403, reason: 'not a member' });
    t.end.send(a, Uint8Array.of(1));
    t.end.send(b, Uint8Array.of(2));
    await t.settled();
    expect(first.heard).toEqual([['closed', 4403]]);
    expect(second.heard).toEqual([['payload', 2]]);
    expect(t.end.open).toBe(1);
  });

  test('all channels end with the connection, and one that is asked for again at once is opened on the next', async () => {
    using t = await connect();
    t.end.accept();
    await t.settled();
    const again = recorder();
    t.connection.open('a.0', undefined, {
      opened: () => undefined,
      payload: () => undefined,
      closed: (code) => {
        expect(code).toBe(1006);
        t.connection.open('a.0', undefined, again.events);
      },
    });
    await t.settled();
    t.end.socket.end(1006);
    await t.settled();
    expect(t.connection.state.is).not.toBe('open');
    t.connection.request();
    await t.settled();
    t.end.accept();
    await t.settled();
    t.end.openAll();
    await t.settled();
    expect(t.end.channelsOf('a.0')).toHaveLength(1);
    expect(again.heard).toEqual([['opened', 'g']]);
  });

  test('its state and control messages are heard, until one stops listening', async () => {
    using t = await connect();
    const states: string[] = [];
    const controls: unknown[] = [];
    t.connection.onState(() => states.push(t.connection.state.is));
    const stop = t.connection.onControl((message) => controls.push(message.t));
    t.end.accept();
    await t.settled();
    expect(t.connection.state).toMatchObject({ is: 'open', isProven: true });
    const typing = { t: 'typing', conversation: 'c', user: 'bo' } as const;
    t.end.say(typing);
    t.connection.send({ t: 'typing', conversation: 'c' });
    await t.settled();
    stop();
    t.end.say(typing);
    await t.settled();
    expect(controls).toEqual(['typing']);
    expect(t.end.controls()).toEqual([{ t: 'typing', conversation: 'c' }]);
    t.end.socket.end(4401);
    await t.settled();
    expect(t.connection.state).toMatchObject({ is: 'stopped', code: 4401 });
    expect(states.at(-1)).toBe('stopped');
  });

  test('stopped, it has no channels and no state but that, until it is requested', async () => {
    using t = await connect();
    t.end.accept();
    await t.settled();
    const { heard, events } = recorder();
    t.connection.open('a.0', undefined, events);
    await t.settled();
    t.connection.stop();
    await t.settled();
    expect(heard).toEqual([['closed', 1006]]);
    expect(t.connection.state.is).toBe('stopped');
    const waiting = recorder();
    t.connection.open('a.0', undefined, waiting.events);
    t.connection.request();
    await t.settled();
    if (!t.end.socket.hasOpened) t.end.accept();
    await t.settled();
    t.end.openAll();
    await t.settled();
    expect(waiting.heard).toEqual([['opened', 'g']]);
  });
}
