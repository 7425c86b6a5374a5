/**
 * Registers this browser with Firebase Cloud Messaging, on the app's own service worker. Loaded only where the server uses
 * Firebase and the person wants notifications; what is pushed is read by the worker without it.
 */
import { type FirebaseApp, getApps, initializeApp } from 'firebase/app';
import { deleteToken, getMessaging, getToken } from 'firebase/messaging';
import type { PushSetup } from '../../schema/http/push.ts';

type FirebaseSetup = PushSetup & { transport: 'fcm' };

/** It also renews a token that Firebase or the browser has let expire. */
export const registerWithFirebase = (
  setup: FirebaseSetup,
  serviceWorkerRegistration: ServiceWorkerRegistration,
): Promise<string> => getToken(getMessaging(appOf(setup)), { vapidKey: setup.vapidKey, serviceWorkerRegistration });

export const unregisterFromFirebase = async (setup: FirebaseSetup): Promise<void> =>
  void (await deleteToken(getMessaging(appOf(setup))));

const appOf = ({ firebase: { authDomain, ...config } }: FirebaseSetup): FirebaseApp =>
  getApps()[0] ?? initializeApp({ ...config, ...(authDomain !== undefined && { authDomain }) });
