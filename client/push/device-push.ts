/**
 * Push on this device: registers it with the server when the person wants it, again when its address has changed, and takes it
 * back when they do not or sign out. That it is wanted is noted outside IndexedDB, with what the server was told, for all tabs.
 */
import type { Device, NewDevice, PushSetup } from '../../schema/http/push.ts';
import type { ConversationId } from '../../schema/ids.ts';
import type { Bus } from '../connection/bus.ts';
import type { Clock } from '../connection/clock.ts';
import type { Answer, PushSwitch, PushView } from '../conversation/conversation.ts';
import { Source } from '../conversation/source.ts';
import type { PushBrowser, PushTransport } from './push-browser.ts';
import { pushStatus } from './push-status.ts';

export interface DevicePushOptions {
  readonly browser: PushBrowser;
  readonly notes: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;
  /** Of this account; begins the names of the notes. */
  readonly name: string;
  readonly createBus: (name: string) => Bus;
  readonly clock: Clock;
  readonly request: <Value>(method: 'GET' | 'POST' | 'DELETE', path: string, body?: object) => Promise<Answer<Value>>;
}

/** What the server was told; no `token` when it has forgotten that. */
interface Registered {
  readonly id: string;
  readonly token: string;
  readonly at: number;
}

/** Tabs that start one after the other, or one that is loaded again, need not all say the same. */
const SAY_AGAIN_AFTER_MS = 60 * 60_000;
/** Somebody who signs out does not wait for a push service that cannot be reached. */
const SIGN_OUT_WITHIN_MS = 3_000;

export class DevicePush implements PushSwitch, Disposable {
  readonly view: Source<PushView>;
  readonly #options: DevicePushOptions;
  readonly #bus: Bus;
  #setup: PushSetup | undefined;
  #asking: Promise<PushSetup | undefined> | undefined;
  #hasSent = false;
  #isDisposed = false;

  constructor(options: DevicePushOptions) {
    this.#options = options;
    this.#bus = options.createBus(`${options.name}/push`);
    this.#bus.onmessage = () => this.#show();
    this.view = new Source<PushView>(this.#look());
  }

  look(): void {
    // The permission changes without a word.
    this.#show();
    if (this.#options.browser.support !== 'none') void this.#ask();
  }

  async turnOn(): Promise<'on' | 'denied' | 'failed'> {
    const { browser } = this.#options;
    // First of all: browsers forget the click that allows to ask.
    const permission = await browser.askPermission();
    this.#show();
    if (permission !== 'granted') return 'denied';
    return (await this.#register()) ? 'on' : 'failed';
  }

  async turnOff(): Promise<void> {
    const { browser, request } = this.#options;
    const registered = this.#registered();
    this.#note(undefined);
    const told = registered && request('DELETE', `/api/devices/${registered.id}`);
    // Should the server not hear it now, the push service tells it that the address is gone.
    await Promise.allSettled([told, browser.unregister(this.#transport())]);
  }

  decline(): void {
    this.#options.notes.setItem(this.#key('declined'), 'yes');
    this.#tell();
  }

  /** Something was sent: from now on there are answers to be told of. */
  offer(): void {
    if (this.#hasSent) return;
    this.#hasSent = true;
    if (this.#isOpenToOffers()) this.look();
    this.#show();
  }

  /** The app has started, or the person is signed in again: whoever was registered still is, at the present address. */
  async refresh(): Promise<void> {
    const registered = this.#registered();
    const { browser, clock } = this.#options;
    if (!registered || browser.support !== 'full' || browser.permission() !== 'granted') return;
    await this.#register(clock.now() - registered.at < SAY_AGAIN_AFTER_MS ? registered.token : undefined);
  }

  /** The server has forgotten this device together with the session. */
  sessionOver(): void {
    const registered = this.#registered();
    if (registered) this.#note({ ...registered, token: '' });
  }

  /** Before the session ends. Notifications of somebody who has left are nobody's business. */
  async signOut(): Promise<void> {
    const { browser, clock } = this.#options;
    if (browser.support !== 'full') return;
    let cancel = () => {};
    const late = new Promise<void>((resolve) => {
      cancel = clock.after(SIGN_OUT_WITHIN_MS, resolve);
    });
    const wanted = this.#registered() ? this.turnOff() : undefined;
    await Promise.race([Promise.allSettled([wanted, browser.clear()]), late]);
    cancel();
  }

  /** What is looked at needs no notification. */
  seen(conversation: ConversationId): void {
    this.#options.browser.clear(conversation).catch(() => undefined);
  }

  [Symbol.dispose](): void {
    this.#isDisposed = true;
    this.#bus.onmessage = null;
    this.#bus.close();
  }

  /** Says where this device is, unless the server knows by now. */
  async #register(known?: string): Promise<boolean> {
    const { browser, request, clock } = this.#options;
    await this.#ask();
    const transport = this.#transport();
    if (!transport) return false;
    let device: NewDevice;
    try {
      device = await browser.register(transport);
    } catch {
      // The push service cannot be reached, or refuses; the person may try again, and the next start does.
      return false;
    }
    if (device.token === known) return true;
    const answer = await request<Device>('POST', '/api/devices', device);
    if (answer.ok) this.#note({ id: answer.value.id, token: device.token, at: clock.now() });
    return answer.ok;
  }

  /** Asked once; without an answer again, when somebody wants to know. */
  async #ask(): Promise<PushSetup | undefined> {
    this.#asking ??= this.#options.request<PushSetup>('GET', '/api/push').then((answer) => {
      if (answer.ok) this.#setup = answer.value;
      else this.#asking = undefined;
      this.#show();
      return this.#setup;
    });
    return this.#asking;
  }

  #transport(): PushTransport | undefined {
    return this.#setup?.transport === 'off' ? undefined : this.#setup;
  }

  #look(): PushView {
    const { browser } = this.#options;
    const is = pushStatus({
      support: browser.support,
      permission: browser.permission(),
      transport: this.#setup?.transport,
      isRegistered: this.#registered() !== undefined,
    });
    return { is, isOffered: is === 'off' && this.#isOpenToOffers() };
  }

  #isOpenToOffers(): boolean {
    return this.#hasSent && this.#options.notes.getItem(this.#key('declined')) === null;
  }

  #show(): void {
    const next = this.#look();
    const { is, isOffered } = this.view.get();
    if (next.is !== is || next.isOffered !== isOffered) this.view.set(next);
  }

  #registered(): Registered | undefined {
    const note = this.#options.notes.getItem(this.#key('device'));
    return note === null ? undefined : (JSON.parse(note) as Registered);
  }

  #note(registered: Registered | undefined): void {
    const { notes } = this.#options;
    if (registered) notes.setItem(this.#key('device'), JSON.stringify(registered));
    else notes.removeItem(this.#key('device'));
    this.#tell();
  }

  #tell(): void {
    this.#show();
    // An answer may come after the end.
    if (!this.#isDisposed) this.#bus.postMessage('changed');
  }

  #key(name: 'device' | 'declined'): string {
    return `${this.#options.name}.push.${name}`;
  }
}
