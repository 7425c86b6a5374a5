/**
 * What the service worker uses of its global scope. The library of worker types contradicts that of pages, and both would be
 * global, so the few members are named here; tests of the worker's parts bring a scope of their own.
 */

interface Extendable extends Event {
  /** The worker is kept alive until then. */
  waitUntil(work: Promise<unknown>): void;
}

export interface PushArrival extends Extendable {
  readonly data: { text(): string } | null;
}

export interface NotificationTouch extends Extendable {
  readonly notification: Notification;
  /** Empty: the notification itself was touched. */
  readonly action: string;
  /** What was typed into the notification, where the platform lets people do that. */
  readonly reply?: string | null;
}

/** What pages know of notifications, and what only those of workers have. */
export interface WorkerNotificationOptions extends NotificationOptions {
  readonly renotify?: boolean;
  readonly timestamp?: number;
  readonly actions?: readonly {
    readonly action: string;
    readonly title: string;
    readonly type?: 'text';
    readonly placeholder?: string;
  }[];
}

/** A window of the app. */
export interface AppWindow {
  readonly url: string;
  readonly focused: boolean;
  readonly visibilityState: DocumentVisibilityState;
  focus(): Promise<unknown>;
  postMessage(message: unknown, transfer?: Transferable[]): void;
}

export interface WorkerScope {
  readonly location: { readonly origin: string };
  readonly navigator: {
    readonly userAgent: string;
    setAppBadge?(count: number): Promise<void>;
    clearAppBadge?(): Promise<void>;
  };
  /** Where it exists and has a `reply`, notifications take text. */
  readonly NotificationEvent?: { readonly prototype: object };
  readonly registration: {
    showNotification(title: string, options: WorkerNotificationOptions): Promise<void>;
    getNotifications(filter?: { tag?: string }): Promise<Notification[]>;
  };
  readonly clients: {
    matchAll(options: { type: 'window'; includeUncontrolled: boolean }): Promise<readonly AppWindow[]>;
    openWindow(url: string): Promise<unknown>;
  };
  fetch(url: string, init: RequestInit): Promise<Response>;
  skipWaiting(): Promise<void>;
  addEventListener(type: 'message', listener: (event: MessageEvent<unknown>) => void): void;
  addEventListener(type: 'push', listener: (event: PushArrival) => void): void;
  addEventListener(type: 'notificationclick', listener: (event: NotificationTouch) => void): void;
}
