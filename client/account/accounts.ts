/**
 * Who is signed in on this device, known without a network from the last visit. Signing in and out goes through the
 * server's session cookie; an app that starts offline shows what it has and lets the server object later.
 */
import type { Me } from '../../schema/http/conversations.ts';
import type { UserId } from '../../schema/ids.ts';
import type { Bus } from '../connection/bus.ts';
import type { Account, Accounts, Answer } from '../conversation/conversation.ts';
import type { OwnProfile } from '../conversation/profile.ts';
import { Source } from '../conversation/source.ts';
import { Turns } from '../conversation/turns.ts';
import type { Environment } from './environment.ts';
import { createHttp, type Http } from './http.ts';
import { LocalMessenger } from './messenger.ts';

type Current = ReturnType<Accounts['current']['get']>;

/** Notes outside IndexedDB. `sign-out` waits for a network when somebody signed out without one. */
const ACCOUNT_NOTE = 'account';
const SIGN_OUT_NOTE = 'sign-out';

export function createAccounts(environment: Environment): Accounts & Disposable {
  return new LocalAccounts(environment);
}

class LocalAccounts implements Accounts, Disposable {
  readonly current = new Source<Current>({ is: 'loading' });
  readonly #environment: Environment;
  readonly #http: Http;
  /** Tells the other tabs that somebody signed in or out. */
  readonly #bus: Bus;
  #messenger: LocalMessenger | undefined;
  /** Beginnings and ends of sessions follow each other. */
  readonly #turns = new Turns();
  #isDisposed = false;

  constructor(environment: Environment) {
    this.#environment = environment;
    this.#http = createHttp(environment);
    this.#bus = environment.createBus(`${environment.storagePrefix}/accounts`);
    this.#bus.onmessage = () => void this.#turns.take(() => this.#follow());
    void this.#turns.take(() => this.#begin());
  }

  async signIn(input: { email: string; password: string }): Promise<Answer<void>> {
    return this.#enter('/api/auth/sign-in/email', input);
  }

  async signUp(input: { name: string; email: string; password: string }): Promise<Answer<void>> {
    return this.#enter('/api/auth/sign-up/email', input);
  }

  async resetPassword(input: { token: string; newPassword: string }): Promise<Answer<void>> {
    const answer = await this.#http.request('POST', '/api/auth/reset-password', input);
    return answer.ok ? { ok: true, value: undefined } : answer;
  }

  [Symbol.dispose](): void {
    this.#isDisposed = true;
    this.#bus.onmessage = null;
    this.#bus.close();
    this.#messenger?.[Symbol.dispose]();
    this.#messenger = undefined;
  }

  async #begin(): Promise<void> {
    const account = this.#remembered();
    if (account) {
      await this.#adopt(account);
      // Not awaited: offline, the answer takes its time, and everything local works meanwhile.
      void this.#verify(account);
      return;
    }
    if (this.#note(SIGN_OUT_NOTE)) await this.#endSession();
    const me = await this.#http.request<Me>('GET', '/api/me');
    if (me.ok && !this.#note(SIGN_OUT_NOTE)) await this.#adopt(accountOf(me.value));
    else if (!this.#isDisposed) this.current.set({ is: 'signed-out' });
  }

  /** The session may have ended, or belong to somebody else by now. */
  async #verify(account: Account): Promise<void> {
    const me = await this.#http.request<Me>('GET', '/api/me');
    if (this.#messenger?.account.id !== account.id) return;
    if (me.ok && me.value.id === account.id) this.#messenger.profile.learn(me.value);
    else if (me.ok) await this.#turns.take(() => this.#adopt(accountOf(me.value)));
    else if (!me.ok && me.failure.is === 'problem' && me.failure.status === 401) this.#messenger.sessionOver();
  }

  async #enter(path: string, input: object): Promise<Answer<void>> {
    const entered = await this.#http.request('POST', path, input);
    if (!entered.ok) return entered;
    this.#forget(SIGN_OUT_NOTE);
    const me = await this.#http.request<Me>('GET', '/api/me');
    if (!me.ok) return me;
    await this.#turns.take(() => this.#adopt(accountOf(me.value)));
    this.#bus.postMessage('entered');
    return { ok: true, value: undefined };
  }

  /** Shows this account, continuing where it was when it is the one that is shown. */
  async #adopt(account: Account & OwnProfile): Promise<void> {
    if (this.#isDisposed) return;
    const remember = (known: Account & OwnProfile) =>
      this.#environment.notes.setItem(this.#key(ACCOUNT_NOTE), JSON.stringify(known));
    remember(account);
    if (this.#messenger?.account.id === account.id) {
      this.#messenger.profile.learn(account);
      this.#messenger.resume();
      return;
    }
    this.#messenger?.[Symbol.dispose]();
    const messenger = await LocalMessenger.start({
      account,
      environment: this.#environment,
      http: this.#http,
      remember,
      onSignedOut: () => this.#turns.take(() => this.#leave()),
    });
    if (this.#isDisposed) return messenger[Symbol.dispose]();
    this.#messenger = messenger;
    this.current.set({ is: 'signed-in', messenger });
  }

  async #leave(): Promise<void> {
    this.#messenger = undefined;
    this.#forget(ACCOUNT_NOTE);
    this.#environment.notes.setItem(this.#key(SIGN_OUT_NOTE), 'wanted');
    this.current.set({ is: 'signed-out' });
    await this.#endSession();
    this.#bus.postMessage('left');
  }

  /** Without a network the session lives on until the next start; the app does not use it meanwhile. */
  async #endSession(): Promise<void> {
    const left = await this.#http.request('POST', '/api/auth/sign-out', {});
    if (left.ok || left.failure.is === 'problem') this.#forget(SIGN_OUT_NOTE);
  }

  /** Another tab signed in or out. */
  async #follow(): Promise<void> {
    const account = this.#remembered();
    if (account) return this.#adopt(account);
    this.#messenger?.[Symbol.dispose]();
    this.#messenger = undefined;
    if (!this.#isDisposed) this.current.set({ is: 'signed-out' });
  }

  #remembered(): (Account & OwnProfile) | undefined {
    const note = this.#note(ACCOUNT_NOTE);
    return note === null ? undefined : (JSON.parse(note) as Account & OwnProfile);
  }

  #key(name: string): string {
    return `${this.#environment.storagePrefix}.${name}`;
  }

  #note(name: string): string | null {
    return this.#environment.notes.getItem(this.#key(name));
  }

  #forget(name: string): void {
    this.#environment.notes.removeItem(this.#key(name));
  }
}

const accountOf = ({ id, name, email, status, picture }: Me): Account & OwnProfile => ({
  ...{ id: id as UserId, name, email },
  ...(status !== undefined && { status }),
  ...(picture !== undefined && { picture }),
});
