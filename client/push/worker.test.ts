import { describe, expect, test } from 'vitest';
import { handlePushes } from './worker.ts';
import type {
  AppWindow,
  NotificationTouch,
  PushArrival,
  WorkerNotificationOptions,
  WorkerScope,
} from './worker-scope.ts';

const PATHS = /^\/api\//;

interface Standing extends WorkerNotificationOptions {
  readonly title: string;
  close(): void;
}

/** A browser with the notifications that stand there and the windows that are open. */
class TestScope {
  readonly standing = new Map<string, Standing>();
  readonly windows: (AppWindow & { readonly heard: unknown[] })[] = [];
  readonly opened: string[] = [];
  badge: number | undefined;
  readonly #listeners = new Map<string, (event: never) => void>();

  constructor({ userAgent = 'Chrome', takesText = false } = {}) {
    const registration: WorkerScope['registration'] = {
      showNotification: async (title, options) => {
        const tag = options.tag as string;
        this.standing.set(tag, { ...options, title, close: () => this.standing.delete(tag) });
      },
      getNotifications: async ({ tag } = {}) =>
        [...this.standing.values()].filter((each) => each.tag === tag) as unknown as Notification[],
    };
    const scope: WorkerScope = {
      location: { origin: 'https://chat.example' },
      navigator: {
        userAgent,
        setAppBadge: async (count) => {
          this.badge = count;
        },
        clearAppBadge: async () => {
          this.badge = 0;
        },
      },
      NotificationEvent: { prototype: takesText ? { reply: null } : {} },
      registration,
      clients: { matchAll: async () => this.windows, openWindow: async (url) => this.opened.push(url) },
      fetch: async () => new Response(),
      skipWaiting: async () => undefined,
      addEventListener: (type: string, listener: (event: never) => void) => void this.#listeners.set(type, listener),
    };
    handlePushes(scope, PATHS);
  }

  open(path: string, look: 'looked at' | 'behind another' | 'hidden', answers = true): unknown[] {
    const heard: unknown[] = [];
    this.windows.push({
      url: `https://chat.example${path}`,
      focused: look === 'looked at',
      visibilityState: look === 'hidden' ? 'hidden' : 'visible',
      focus: async () => Promise.reject(new Error('Nobody touched anything')),
      postMessage: (message, [port] = []) => {
        heard.push(message);
        if (answers) (port as MessagePort | undefined)?.postMessage('done');
      },
      heard,
    });
    return heard;
  }

  push(values: object): Promise<unknown> {
    return this.#raise<PushArrival>('push', { data: { text: () => JSON.stringify(values) } });
  }

  touch(tag: string, action = ''): Promise<unknown> {
    const notification = this.standing.get(tag) as unknown as Notification;
    return this.#raise<NotificationTouch>('notificationclick', { notification, action });
  }

  async #raise<Raised>(type: string, event: Partial<Raised>): Promise<void> {
    const work: Promise<unknown>[] = [];
    this.#listeners.get(type)?.({ ...event, waitUntil: (one: Promise<unknown>) => work.push(one) } as never);
    await Promise.all(work);
  }
}

const message = (id: string, conversation = 'talk') => ({
  ...{ type: 'message', conversation, message: id, from: 'u-ana', title: 'Ana', body: id, at: '1', badge: '3' },
});
const actions = ({ standing }: TestScope) => standing.get('talk')?.actions?.map(({ action }) => action);

describe('a push', () => {
  test.each([
    ['nobody looks', ['/', 'hidden']],
    ['the window is behind another', ['/', 'behind another']],
    ['only a page of the server is open', ['/api/docs', 'looked at']],
  ] as const)('shows a notification when %s', async (_, [path, look]) => {
    const scope = new TestScope();
    scope.open(path, look);
    await scope.push(message('a-1'));
    expect([...scope.standing.keys()]).toEqual(['talk']);
    expect(scope.badge).toBe(3);
  });

  test('shows none while somebody looks at the app, and counts on its icon all the same', async () => {
    const scope = new TestScope();
    scope.open('/c/other', 'looked at');
    await scope.push(message('a-1'));
    expect(scope.standing.size).toBe(0);
    expect(scope.badge).toBe(3);
  });

  test('shows one even then where showing none costs the subscription', async () => {
    const scope = new TestScope({
      userAgent: 'Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 Version/17.0 Safari/605.1.15',
    });
    scope.open('/', 'looked at');
    await scope.push(message('a-1'));
    expect(scope.standing.size).toBe(1);
  });

  test('that comes together with others of its conversation loses none of them', async () => {
    const scope = new TestScope();
    await Promise.all(['a-1', 'a-2', 'a-3'].map((id) => scope.push(message(id))));
    expect(scope.standing.get('talk')?.body).toContain('3 new messages');
  });

  test('offers what can be done: a reply where notifications take text, marking as read while a window is open', async () => {
    const scope = new TestScope({ takesText: true });
    await scope.push(message('a-1'));
    expect(actions(scope)).toEqual(['reply']);
    scope.open('/', 'hidden');
    await scope.push(message('a-2'));
    expect(actions(scope)).toEqual(['reply', 'read']);
    const plain = new TestScope();
    await plain.push(message('a-1'));
    expect(actions(plain)).toEqual([]);
  });
});

describe('a touch', () => {
  test('goes to the window that shows the conversation, even when the browser does not let it come to the front', async () => {
    const scope = new TestScope();
    const others = [scope.open('/', 'hidden'), scope.open('/c/talker', 'hidden')];
    const heard = scope.open('/c/talk/z-1', 'hidden');
    await scope.push(message('a-1'));
    await scope.touch('talk');
    expect(heard).toEqual([{ t: 'open', conversation: 'talk', message: 'a-1' }]);
    expect([...others.flat(), ...scope.opened, ...scope.standing.keys()]).toEqual([]);
  });

  test('opens a window when there is none', async () => {
    const scope = new TestScope();
    await scope.push(message('a-1'));
    await scope.touch('talk');
    expect(scope.opened).toEqual(['/c/talk/a-1']);
  });

  test('of “mark as read” opens the conversation when no window is left to do it', async () => {
    const scope = new TestScope();
    const heard = scope.open('/', 'hidden');
    await scope.push(message('a-1'));
    await scope.touch('talk', 'read');
    expect(heard).toEqual([{ t: 'read', conversation: 'talk', message: 'a-1' }]);
    await scope.push(message('a-2'));
    scope.windows.length = 0;
    await scope.touch('talk', 'read');
    expect(scope.opened).toEqual(['/c/talk/a-2']);
  });
});
