/**
 * What push needs of a browser: permission, an address that a server can push to, and the notifications that stand there. By
 * Web Push the address is a subscription; Firebase makes a token of it, and its code is loaded only when a server uses it.
 */
import type { NewDevice, PushSetup } from '../../schema/http/push.ts';
import type { ConversationId } from '../../schema/ids.ts';
import { type PushSupport, pushSupport } from './push-status.ts';

export type PushTransport = Exclude<PushSetup, { transport: 'off' }>;

export interface PushBrowser {
  readonly support: PushSupport;
  permission(): NotificationPermission;
  /** To be called while a person's click is handled, before anything is waited for. */
  askPermission(): Promise<NotificationPermission>;
  /** The present address, a new one where there is none or it was made for another server. Rejects when the push service cannot be reached. */
  register(setup: PushTransport): Promise<NewDevice>;
  /** Nothing pushed arrives any more, whatever servers know. */
  unregister(setup: PushTransport | undefined): Promise<void>;
  /** Takes away the notifications of a conversation, or all and the number on the app's icon. */
  clear(conversation?: ConversationId): Promise<void>;
}

/** Installing takes seconds on a slow network; where workers are refused it never ends. */
const WORKER_WITHIN_MS = 15_000;

export function findPushBrowser(): PushBrowser {
  const { userAgent, maxTouchPoints } = navigator;
  const support = pushSupport({
    // In development there is no worker.
    hasWorker: import.meta.env.PROD && 'serviceWorker' in navigator,
    hasPush: 'PushManager' in window && 'Notification' in window,
    userAgent,
    maxTouchPoints,
    isInstalled: matchMedia('(display-mode: standalone)').matches,
  });
  return {
    support,
    permission: () => (support === 'full' ? Notification.permission : 'default'),
    askPermission: () => Notification.requestPermission(),
    async register(setup) {
      const registration = await readyWorker();
      if (setup.transport === 'webpush')
        return { platform: 'webpush', token: await subscribe(registration, setup.vapidKey) };
      const { registerWithFirebase } = await import('./firebase.ts');
      return { platform: 'web', token: await registerWithFirebase(setup, registration) };
    },
    async unregister(setup) {
      const registration = await navigator.serviceWorker.getRegistration();
      if (setup?.transport === 'fcm') {
        const { unregisterFromFirebase } = await import('./firebase.ts');
        // Without the subscription its token is worth nothing either.
        await unregisterFromFirebase(setup).catch(() => undefined);
      }
      await (await registration?.pushManager.getSubscription())?.unsubscribe();
    },
    async clear(conversation) {
      if (support !== 'full') return;
      const registration = await navigator.serviceWorker.getRegistration();
      const standing = await registration?.getNotifications(conversation === undefined ? {} : { tag: conversation });
      for (const each of standing ?? []) each.close();
      if (conversation === undefined) await navigator.clearAppBadge?.();
    },
  };
}

function readyWorker(): Promise<ServiceWorkerRegistration> {
  const tooLate = new Promise<never>((_, reject) => {
    setTimeout(() => reject(new Error('There is no service worker')), WORKER_WITHIN_MS);
  });
  return Promise.race([navigator.serviceWorker.ready, tooLate]);
}

async function subscribe({ pushManager }: ServiceWorkerRegistration, vapidKey: string): Promise<string> {
  const key = bytesOf(vapidKey);
  const present = await pushManager.getSubscription();
  const isOurs = present !== null && isSame(new Uint8Array(present.options.applicationServerKey ?? []), key);
  // A browser has one subscription, and it belongs to one key: that of the server before it was moved, perhaps.
  if (present && !isOurs) await present.unsubscribe();
  const subscription = isOurs
    ? present
    : await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  const { endpoint, keys } = subscription.toJSON();
  return JSON.stringify({ endpoint, keys });
}

const bytesOf = (base64url: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(base64url.replaceAll('-', '+').replaceAll('_', '/')), (character) => character.charCodeAt(0));

const isSame = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, at) => byte === b[at]);
