/** For tests: a browser whose permission, address and push service the test decides. */
import type { NewDevice } from '../../schema/http/push.ts';
import type { PushBrowser, PushTransport } from './push-browser.ts';
import type { PushSupport } from './push-status.ts';

export class TestPushBrowser implements PushBrowser {
  support: PushSupport = 'none';
  allows: NotificationPermission = 'default';
  /** What the person says when asked. */
  answer: NotificationPermission = 'granted';
  /** Undefined: the push service cannot be reached. */
  token: string | undefined = 'token-1';
  isRegistered = false;
  readonly cleared: (string | undefined)[] = [];

  permission(): NotificationPermission {
    return this.allows;
  }

  async askPermission(): Promise<NotificationPermission> {
    this.allows = this.answer;
    return this.answer;
  }

  async register({ transport }: PushTransport): Promise<NewDevice> {
    if (this.token === undefined) throw new Error('The push service cannot be reached');
    this.isRegistered = true;
    return { platform: transport === 'fcm' ? 'web' : 'webpush', token: this.token };
  }

  async unregister(): Promise<void> {
    this.isRegistered = false;
  }

  async clear(conversation?: string): Promise<void> {
    this.cleared.push(conversation);
  }
}
