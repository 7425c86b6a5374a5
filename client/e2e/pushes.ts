/**
 * Pushes to a browser, delivered through the debugger as if a push service had sent them, and the notifications they make.
 * Every step waits until the worker is done with it: Chromium forgets a notification that is asked for while it appears.
 */
import type { BrowserContext, CDPSession, Page, Worker } from 'playwright-core';

/** What a notification shows. */
export interface Shown {
  readonly tag: string;
  readonly title: string;
  readonly body: string;
  readonly silent: boolean;
  readonly actions: readonly string[];
}

interface Registration {
  readonly registrationId: string;
  readonly origin: string;
}

export class Pushes {
  readonly #context: BrowserContext;
  readonly #session: CDPSession;
  readonly #registration: Registration;

  private constructor(context: BrowserContext, session: CDPSession, registration: Registration) {
    this.#context = context;
    this.#session = session;
    this.#registration = registration;
  }

  /** The app is open in `page`, its worker installed; notifications are allowed from now on. */
  static async to(page: Page): Promise<Pushes> {
    const context = page.context();
    const { origin } = new URL(page.url());
    await context.grantPermissions(['notifications'], { origin });
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
    // A page of its own: the debugger's view of the worker outlives the pages of the app.
    const session = await context.newCDPSession(await context.newPage());
    const known = new Promise<string>((resolve) =>
      session.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
        const own = registrations.find(({ scopeURL, isDeleted }) => scopeURL === `${origin}/` && !isDeleted);
        if (own) resolve(own.registrationId);
      }),
    );
    await session.send('ServiceWorker.enable');
    const pushes = new Pushes(context, session, { origin, registrationId: await known });
    await (await pushes.worker()).evaluate(() => {
      const scope = self as unknown as ServiceWorkerGlobal;
      const { prototype } = scope.ExtendableEvent;
      const original = prototype.waitUntil;
      scope.handled = [];
      scope.onHandled = () => undefined;
      prototype.waitUntil = function (this: Event, work: Promise<unknown>) {
        if (this.type === 'push' || this.type === 'notificationclick') scope.handled.push(work);
        scope.onHandled();
        // Events made by scripts may not be prolonged.
        if (this.isTrusted) original.call(this, work);
      };
    });
    return pushes;
  }

  async deliver(payload: object | string): Promise<void> {
    const data = typeof payload === 'string' ? payload : JSON.stringify(payload);
    await this.#session.send('ServiceWorker.deliverPushMessage', { ...this.#registration, data });
    await this.#handled();
  }

  async shown(): Promise<Shown[]> {
    const worker = await this.worker();
    return worker.evaluate(async () => {
      const { registration } = self as unknown as ServiceWorkerGlobal;
      return (await registration.getNotifications()).map(({ tag, title, body, silent, actions }) => {
        return { tag, title, body, silent: silent === true, actions: actions.map(({ action }) => action) };
      });
    });
  }

  /** Somebody sweeps them all away. */
  async clear(): Promise<void> {
    const worker = await this.worker();
    await worker.evaluate(async () => {
      const { registration } = self as unknown as ServiceWorkerGlobal;
      for (const each of await registration.getNotifications()) each.close();
    });
  }

  /** Somebody touches a notification, or one of its buttons, and may have typed a reply. */
  async touch(tag: string, action = '', reply = ''): Promise<void> {
    const worker = await this.worker();
    await worker.evaluate(
      async ([wanted, button, typed]) => {
        const scope = self as unknown as ServiceWorkerGlobal;
        const [notification] = await scope.registration.getNotifications({ tag: wanted });
        if (!notification) throw new Error(`There is no notification ${wanted}`);
        const init = { notification, action: button, reply: typed };
        scope.dispatchEvent(new scope.NotificationEvent('notificationclick', init));
      },
      [tag, action, reply] as const,
    );
    await this.#handled();
  }

  /** Alive while the debugger looks at it. */
  async worker(): Promise<Worker> {
    return this.#context.serviceWorkers()[0] ?? this.#context.waitForEvent('serviceworker');
  }

  /** Until one event more than before was handled. */
  async #handled(): Promise<void> {
    const worker = await this.worker();
    await worker.evaluate(async () => {
      const scope = self as unknown as ServiceWorkerGlobal;
      if (scope.handled.length === 0)
        await new Promise<void>((resolve) => {
          scope.onHandled = () => scope.handled.length > 0 && resolve();
        });
      await scope.handled.shift();
    });
  }
}

interface ServiceWorkerGlobal extends EventTarget {
  readonly registration: {
    getNotifications(filter?: { tag: string }): Promise<(Notification & { actions: { action: string }[] })[]>;
  };
  readonly NotificationEvent: new (
    type: string,
    init: { notification: Notification; action: string; reply: string },
  ) => Event;
  readonly ExtendableEvent: { readonly prototype: { waitUntil(work: Promise<unknown>): void } };
  /** Work that events have begun, in their order. */
  handled: Promise<unknown>[];
  onHandled(): void;
}
