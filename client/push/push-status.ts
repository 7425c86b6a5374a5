/** Whether this device can be told of messages while the app is closed, and is: from what the browser and the server say. Pure. */
import type { PushSetup } from '../../schema/http/push.ts';
import type { PushStatus } from '../conversation/conversation.ts';

/** `needs-installation`: iPhones and iPads push to apps on the home screen only. */
export type PushSupport = 'full' | 'none' | 'needs-installation';

export interface PushFacts {
  readonly support: PushSupport;
  readonly permission: NotificationPermission;
  /** Undefined until the server was asked. */
  readonly transport: PushSetup['transport'] | undefined;
  /** The server knows this device, as far as the device remembers. */
  readonly isRegistered: boolean;
}

/** What cannot be changed comes first: nobody is asked to install or to allow what would not help. */
export function pushStatus({ support, permission, transport, isRegistered }: PushFacts): PushStatus {
  if (support === 'none') return 'unsupported';
  if (transport === 'off') return 'server-off';
  if (support === 'full' && isRegistered && permission === 'granted') return 'on';
  if (transport === undefined) return 'checking';
  if (support === 'needs-installation') return 'ios-not-installed';
  return permission === 'denied' ? 'blocked' : 'off';
}

export interface Surroundings {
  readonly hasWorker: boolean;
  readonly hasPush: boolean;
  readonly userAgent: string;
  readonly maxTouchPoints: number;
  /** Started from the home screen. */
  readonly isInstalled: boolean;
}

export function pushSupport({ hasWorker, hasPush, userAgent, maxTouchPoints, isInstalled }: Surroundings): PushSupport {
  if (hasWorker && hasPush) return 'full';
  // An iPad calls itself a Mac, but no Mac has a touch screen.
  const isIos = /iPhone|iPad|iPod/.test(userAgent) || (/Macintosh/.test(userAgent) && maxTouchPoints > 1);
  return isIos && !isInstalled ? 'needs-installation' : 'none';
}
