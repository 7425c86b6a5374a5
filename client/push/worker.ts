/**
 * Push in the service worker: shows, renews and closes the one notification of each conversation, and does what a touch of
 * it asks. Whoever looks at the app gets none. Firebase's own worker code is not used: it wants its configuration before
 * the first push can be heard, takes a window that is visible behind others for one that is looked at, and knows no
 * withdrawal; of Firebase only the registration is needed (`firebase.ts`).
 */
import type { PushPayload } from '../../schema/http/push.ts';
import { type AppMessage, CONFIRM_WITHIN_MS } from './app-message.ts';
import { addMessage, firstOf, lastOf, type Notice, type NoticeData, readNotice, withdraw } from './notification.ts';
import { readPush } from './payload.ts';
import { words } from './words.ts';
import type { AppWindow, NotificationTouch, WorkerNotificationOptions, WorkerScope } from './worker-scope.ts';

export function handlePushes(scope: WorkerScope, serverPaths: RegExp): void {
  const worker = new PushWorker(scope, serverPaths);
  scope.addEventListener('push', (event) => event.waitUntil(worker.receive(event.data?.text() ?? '')));
  scope.addEventListener('notificationclick', (event) => event.waitUntil(worker.touched(event)));
}

class PushWorker {
  readonly #scope: WorkerScope;
  readonly #serverPaths: RegExp;
  /** One after the other: two at once would both renew what neither has shown. */
  #turn: Promise<void> = Promise.resolve();

  constructor(scope: WorkerScope, serverPaths: RegExp) {
    this.#scope = scope;
    this.#serverPaths = serverPaths;
  }

  receive(text: string): Promise<void> {
    const push = readPush(text);
    if (!push) return Promise.resolve();
    const done = this.#turn.then(() => this.#take(push));
    this.#turn = done.catch(() => undefined);
    return done;
  }

  async touched(event: NotificationTouch): Promise<void> {
    const { notification, action, reply } = event;
    const shown = readNotice(notification.data);
    notification.close();
    if (!shown) return;
    if (action === 'reply' && reply?.trim()) return this.#reply(shown, reply.trim());
    if (action === 'read' && (await this.#markRead(shown))) return;
    await this.#open(shown);
  }

  async #take(push: PushPayload): Promise<void> {
    const { conversation } = push;
    const standing = await this.#scope.registration.getNotifications({ tag: conversation });
    const shown = standing.map(({ data }) => readNotice(data)).find((data) => data !== undefined);
    await this.#setBadge(Number(push.badge));
    if (push.type === 'withdraw') {
      const left = shown && withdraw(shown, push.messages);
      if (left) await this.#show(left);
      else for (const each of standing) each.close();
    } else if (this.#mustAlwaysShow() || !(await this.#isLookedAt())) {
      await this.#show(addMessage(shown, push, Date.now()));
    }
  }

  async #show({ title, body, data, alert, at }: Notice): Promise<void> {
    const options: WorkerNotificationOptions = {
      body,
      data,
      tag: data.conversation,
      icon: '/icons/icon-192.png',
      // Firefox and Safari do not know it; there a renewed one is silent.
      renotify: alert === 'loud',
      silent: alert === 'silent',
      actions: await this.#actions(),
      ...(at !== undefined && { timestamp: at }),
    };
    await this.#scope.registration.showNotification(title, options);
  }

  /** Only what can be done: text where notifications take it, and marking as read while a window is there to do it. */
  async #actions(): Promise<NonNullable<WorkerNotificationOptions['actions']>> {
    const { NotificationEvent } = this.#scope;
    const takesText = NotificationEvent && 'reply' in NotificationEvent.prototype;
    const windows = await this.#windows();
    return [
      ...(takesText
        ? [{ action: 'reply', type: 'text', title: words.reply, placeholder: words.replyHint } as const]
        : []),
      ...(windows.length > 0 ? [{ action: 'read', title: words.read }] : []),
    ];
  }

  async #setBadge(count: number): Promise<void> {
    const { navigator } = this.#scope;
    // Where the app is not installed there is no icon to put it on.
    if (Number.isInteger(count) && count >= 0)
      await (count === 0 ? navigator.clearAppBadge?.() : navigator.setAppBadge?.(count))?.catch(() => undefined);
  }

  /** Safari takes the subscription away after a few pushes that showed nothing, whether or not the app was in front. */
  #mustAlwaysShow(): boolean {
    const { userAgent } = this.#scope.navigator;
    return /AppleWebKit/.test(userAgent) && !/Chrome|Chromium|Android/.test(userAgent);
  }

  async #isLookedAt(): Promise<boolean> {
    return (await this.#windows()).some(({ focused, visibilityState }) => focused && visibilityState === 'visible');
  }

  async #windows(): Promise<AppWindow[]> {
    const all = await this.#scope.clients.matchAll({ type: 'window', includeUncontrolled: true });
    return all.filter(({ url }) => !this.#serverPaths.test(new URL(url).pathname));
  }

  /** A window that shows the conversation, else any, else a new one. */
  async #open(shown: NoticeData): Promise<void> {
    const { conversation } = shown;
    const message = firstOf(shown);
    const windows = await this.#windows();
    const path = `/c/${conversation}`;
    const shows = ({ url }: AppWindow) => `${new URL(url).pathname}/`.startsWith(`${path}/`);
    const chosen = windows.find(shows) ?? windows[0];
    if (!chosen) return void (await this.#scope.clients.openWindow(message ? `${path}/${message}` : path));
    // A browser may refuse the focus; the message is shown all the same, for when the person comes.
    await chosen.focus().catch(() => undefined);
    chosen.postMessage({ t: 'open', conversation, message } satisfies AppMessage);
  }

  async #markRead(shown: NoticeData): Promise<boolean> {
    const [chosen] = await this.#windows();
    const { conversation } = shown;
    const message = lastOf(shown);
    if (!chosen || !message) return false;
    const { port1, port2 } = new MessageChannel();
    const confirmed = new Promise<boolean>((resolve) => {
      port1.onmessage = () => resolve(true);
      setTimeout(() => resolve(false), CONFIRM_WITHIN_MS);
    });
    chosen.postMessage({ t: 'read', conversation, message } satisfies AppMessage, [port2]);
    const isRead = await confirmed;
    port1.close();
    return isRead;
  }

  /** Through the HTTP API, as no window need be open. What could not be sent comes back with its text. */
  async #reply(shown: NoticeData, text: string): Promise<void> {
    const { conversation, lines } = shown;
    const key = `reply-${lines.at(-1)?.message}-${shown.alertedAt}`;
    const sent = await this.#scope
      .fetch(`/api/conversations/${conversation}/messages`, {
        method: 'POST',
        credentials: 'same-origin',
        headers: { 'content-type': 'application/json', 'idempotency-key': key },
        body: JSON.stringify({ text }),
      })
      .catch(() => undefined);
    if (sent?.ok) return;
    await this.#show({ title: shown.title, body: words.notSent(text), data: shown, alert: 'loud' });
  }
}
