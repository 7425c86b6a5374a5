import { beforeEach, describe, expect, test } from 'vitest';
import type { PushSetup } from '../../schema/http/push.ts';
import { TestClock } from '../connection/testing-link.ts';
import { TestTabs } from '../connection/testing-tabs.ts';
import type { Answer } from '../conversation/conversation.ts';
import { DevicePush } from './device-push.ts';
import { type PushFacts, pushStatus, pushSupport } from './push-status.ts';
import { TestPushBrowser } from './testing-push-browser.ts';

const WEBPUSH: PushSetup = { transport: 'webpush', vapidKey: 'key' };
const HOUR_MS = 3_600_000;

/** A browser and a server, and what was asked of the server. */
class Stage {
  readonly browser = new TestPushBrowser();
  readonly clock = new TestClock();
  readonly notes = new Map<string, string>();
  readonly asked: string[] = [];
  readonly #tabs = new TestTabs();
  setup: PushSetup | 'unreachable' = WEBPUSH;

  constructor() {
    this.browser.support = 'full';
  }

  tab(): DevicePush {
    const { browser, clock, notes } = this;
    return new DevicePush({
      ...{ browser, clock, name: 'app/u-ana' },
      createBus: this.#tabs.open().createBus,
      notes: {
        getItem: (key) => notes.get(key) ?? null,
        setItem: (key, value) => void notes.set(key, value),
        removeItem: (key) => void notes.delete(key),
      },
      request: async <Value>(method: string, path: string, body?: object): Promise<Answer<Value>> => {
        this.asked.push(`${method} ${path}${body && 'token' in body ? ` ${body.token}` : ''}`);
        if (this.setup === 'unreachable') return { ok: false, failure: { is: 'network' } };
        const value = path === '/api/push' ? this.setup : { id: 'device-1' };
        return { ok: true, value: value as Value };
      },
    });
  }

  /** What was asked since this was last called. */
  takeAsked(): string[] {
    return this.asked.splice(0);
  }
}

let stage: Stage;
beforeEach(() => {
  stage = new Stage();
});

async function turnedOn(): Promise<DevicePush> {
  const push = stage.tab();
  expect(await push.turnOn()).toBe('on');
  stage.takeAsked();
  return push;
}

describe('turning on', () => {
  test('asks the person, then registers the address', async () => {
    const push = stage.tab();
    expect(await push.turnOn()).toBe('on');
    expect(stage.takeAsked()).toEqual(['GET /api/push', 'POST /api/devices token-1']);
    expect(push.view.get().is).toBe('on');
  });

  test('asks the server nothing when the person says no', async () => {
    stage.browser.answer = 'denied';
    const push = stage.tab();
    expect(await push.turnOn()).toBe('denied');
    expect(stage.takeAsked()).toEqual([]);
  });

  test.each([
    ['the push service', () => (stage.browser.token = undefined)],
    ['the server', () => (stage.setup = 'unreachable')],
  ])('fails and may be tried again when %s cannot be reached', async (_, lose) => {
    const push = stage.tab();
    const { token, setup } = { token: stage.browser.token, setup: stage.setup };
    lose();
    expect(await push.turnOn()).toBe('failed');
    expect(push.view.get().is).not.toBe('on');
    Object.assign(stage.browser, { token });
    Object.assign(stage, { setup });
    expect(await push.turnOn()).toBe('on');
  });

  test('shows in the other tabs', async () => {
    const other = stage.tab();
    const push = await turnedOn();
    await expect.poll(() => other.view.get().is).toBe('on');
    await push.turnOff();
    await expect.poll(() => other.view.get().is).toBe('checking');
  });
});

describe('the next start', () => {
  test('asks nobody anything where it is off', async () => {
    await stage.tab().refresh();
    expect(stage.takeAsked()).toEqual([]);
  });

  test('says the same address again after an hour only, and another one at once', async () => {
    await turnedOn();
    await stage.tab().refresh();
    expect(stage.takeAsked()).toEqual(['GET /api/push']);
    stage.browser.token = 'token-2';
    await stage.tab().refresh();
    expect(stage.takeAsked()).toEqual(['GET /api/push', 'POST /api/devices token-2']);
    stage.clock.advance(HOUR_MS);
    await stage.tab().refresh();
    expect(stage.takeAsked()).toEqual(['GET /api/push', 'POST /api/devices token-2']);
  });

  test('registers again after the session was over, as the server has forgotten the device', async () => {
    const push = await turnedOn();
    push.sessionOver();
    await push.refresh();
    expect(stage.takeAsked()).toEqual(['POST /api/devices token-1']);
  });

  test('knows without a network that it is on, and that it is not any more when the permission is gone', async () => {
    await turnedOn();
    stage.setup = 'unreachable';
    const push = stage.tab();
    expect(push.view.get().is).toBe('on');
    stage.browser.allows = 'denied';
    await push.refresh();
    stage.setup = WEBPUSH;
    const later = stage.tab();
    later.look();
    await expect.poll(() => later.view.get().is).toBe('blocked');
  });
});

describe('turning off', () => {
  test('unregisters at the server and at the push service', async () => {
    const push = await turnedOn();
    await push.turnOff();
    expect(stage.takeAsked()).toEqual(['DELETE /api/devices/device-1']);
    expect(stage.browser.isRegistered).toBe(false);
    expect(push.view.get().is).toBe('off');
  });

  test('works without the server, as the push service refuses what comes for a former address', async () => {
    const push = await turnedOn();
    stage.setup = 'unreachable';
    await push.turnOff();
    expect([stage.browser.isRegistered, push.view.get().is]).toEqual([false, 'off']);
  });
});

describe('signing out', () => {
  test('unregisters, takes all notifications away, and does not come back at the next start', async () => {
    const push = await turnedOn();
    await push.signOut();
    expect(stage.takeAsked()).toEqual(['DELETE /api/devices/device-1']);
    expect(stage.browser.cleared).toEqual([undefined]);
    await stage.tab().refresh();
    expect(stage.takeAsked()).toEqual([]);
  });

  test('does not wait long for a push service that does not answer', async () => {
    const push = await turnedOn();
    stage.browser.unregister = () => new Promise(() => {});
    const done = push.signOut();
    stage.clock.advance(3_000);
    await done;
  });
});

describe('the offer', () => {
  test('is made after something was sent, once the server is known to push', async () => {
    const push = stage.tab();
    push.look();
    await expect.poll(() => push.view.get()).toEqual({ is: 'off', isOffered: false });
    push.offer();
    expect(push.view.get().isOffered).toBe(true);
  });

  test('is not made where push is off, on or blocked', async () => {
    const push = await turnedOn();
    push.offer();
    expect(push.view.get()).toEqual({ is: 'on', isOffered: false });
    stage.setup = { transport: 'off' };
    stage.notes.clear();
    const other = stage.tab();
    other.offer();
    await expect.poll(() => other.view.get()).toEqual({ is: 'server-off', isOffered: false });
  });

  test('is not made again after “not now”, nor is the server asked for it', async () => {
    const push = stage.tab();
    push.offer();
    await expect.poll(() => push.view.get().isOffered).toBe(true);
    push.decline();
    expect(push.view.get().isOffered).toBe(false);
    stage.takeAsked();
    const next = stage.tab();
    next.offer();
    expect([stage.takeAsked(), next.view.get().isOffered]).toEqual([[], false]);
  });
});

describe('what a device is told', () => {
  const facts: PushFacts = { support: 'full', permission: 'default', transport: 'webpush', isRegistered: false };
  test.each<[string, Partial<PushFacts>, string]>([
    ['nothing is known', { transport: undefined }, 'checking'],
    ['the browser cannot', { support: 'none', transport: 'off' }, 'unsupported'],
    ['the server does not', { transport: 'off', support: 'needs-installation', isRegistered: true }, 'server-off'],
    ['an iPhone has it in a tab', { support: 'needs-installation' }, 'ios-not-installed'],
    ['notifications are blocked', { permission: 'denied', isRegistered: true }, 'blocked'],
    ['it can be turned on', {}, 'off'],
    ['the permission alone was given', { permission: 'granted' }, 'off'],
    ['it is on', { permission: 'granted', isRegistered: true }, 'on'],
  ])('when %s', (_, change, expected) => {
    expect(pushStatus({ ...facts, ...change })).toBe(expected);
  });

  const mac = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Safari/605.1.15';
  test.each([
    ['an iPad in a tab', { userAgent: mac, maxTouchPoints: 5 }, 'needs-installation'],
    ['an iPad that is too old for it', { userAgent: mac, maxTouchPoints: 5, isInstalled: true }, 'none'],
    ['an old Mac', { userAgent: mac }, 'none'],
    ['a browser that has it', { hasWorker: true, hasPush: true }, 'full'],
  ] as const)('on %s', (_, change, expected) => {
    const nothing = { hasWorker: false, hasPush: false, userAgent: '', maxTouchPoints: 0, isInstalled: false };
    expect(pushSupport({ ...nothing, ...change })).toBe(expected);
  });
});
