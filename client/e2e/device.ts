/** A device: a browser, its network, and what a person does in the app, in the words of the screen. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { type BrowserProcess, startBrowser } from './browser-process.ts';
import { createNetwork, type Network } from './network.ts';

export interface Credentials {
  readonly name: string;
  readonly email: string;
  readonly password: string;
}

export class Device implements AsyncDisposable {
  readonly network: Network;
  readonly #profile: string;
  #browser: BrowserProcess;
  page: Page;

  private constructor(network: Network, profile: string, browser: BrowserProcess, page: Page) {
    this.network = network;
    this.#profile = profile;
    this.#browser = browser;
    this.page = page;
  }

  /** A browser with an empty profile and a network of its own. */
  static async open(server: { readonly port: number }): Promise<Device> {
    const network = await createNetwork(() => server.port);
    const profile = await mkdtemp(join(tmpdir(), 'tidewire-profile-'));
    const browser = await startBrowser(profile);
    const page = await firstPage(browser);
    await page.goto(network.url);
    return new Device(network, profile, browser, page);
  }

  async signUp({ name, email, password }: Credentials): Promise<void> {
    const { page } = this;
    await page.getByRole('button', { name: 'Create an account' }).click();
    await page.getByLabel('Name', { exact: true }).fill(name);
    await page.getByLabel('Email').fill(email);
    await page.getByLabel('Password', { exact: true }).fill(password);
    await page.getByRole('button', { name: 'Create account' }).click();
    await page.getByRole('button', { name: 'New chat' }).first().waitFor();
  }

  async signIn(credentials: Credentials): Promise<void> {
    await this.pressSignIn(credentials);
    await this.page.getByRole('button', { name: 'New chat' }).first().waitFor();
  }

  /** Where a dialog comes next, which hides the list. */
  async pressSignIn({ email, password }: Credentials): Promise<void> {
    const { page } = this;
    await page.getByLabel('Email').fill(email);
    await page.getByLabel('Password', { exact: true }).fill(password);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  }

  /** One name: a direct conversation; several: a group called `title`. */
  async startConversation(names: readonly string[], title?: string): Promise<void> {
    const { page } = this;
    const before = page.url();
    await page.getByRole('button', { name: 'New chat' }).first().click();
    for (const name of names) {
      await page.getByRole('combobox', { name: 'Search people' }).fill(name);
      await page.getByRole('option', { name }).first().click();
    }
    if (title !== undefined) {
      if (names.length === 1) await page.getByRole('button', { name: 'Make it a group with a name' }).click();
      await page.getByLabel('Group name').fill(title);
    }
    await page.getByRole('button', { name: title === undefined ? 'Start chat' : 'Create group' }).click();
    await page.waitForURL((url) => url.href !== before);
    await this.composer.waitFor();
  }

  /** Opens a conversation from the list. */
  async openConversation(title: string, page: Page = this.page): Promise<void> {
    await page.getByRole('link', { name: title }).first().click();
    await composerOf(page).waitFor();
  }

  get composer(): Locator {
    return composerOf(this.page);
  }

  async send(text: string, page: Page = this.page): Promise<void> {
    await composerOf(page).fill(text);
    await composerOf(page).press('Enter');
    // The composer clears when the message is stored on the device, not before.
    await page.waitForFunction(
      () => [...document.querySelectorAll('textarea')].find((one) => one.checkVisibility())?.value === '',
    );
  }

  /** The row of a message in the open conversation. */
  row(text: string, page: Page = this.page): Locator {
    return page.getByRole('main').locator('[data-bubble]').filter({ hasText: text });
  }

  /** Waits until the row shows this delivery state. */
  async hasDelivery(text: string, delivery: string, page: Page = this.page): Promise<void> {
    await this.row(text, page).locator(`[data-delivery="${delivery}"]`).waitFor();
  }

  /** Every text in the open conversation, in order. */
  async texts(page: Page = this.page): Promise<string[]> {
    return page.getByRole('main').locator('[data-bubble] [data-text]').allInnerTexts();
  }

  async choose(text: string, action: string): Promise<void> {
    await this.row(text).click({ button: 'right' });
    await this.page.getByRole('menuitem', { name: action }).click();
    // Closing, it gives the focus back: keys pressed before that may go to the row.
    await this.page.getByRole('menu').waitFor({ state: 'detached' });
  }

  /** Deletes the message for everyone, without waiting for the seconds in which that can be undone. */
  async erase(text: string): Promise<void> {
    await this.choose(text, 'Delete for everyone');
    await this.hide();
  }

  /** As if nobody saw the page for a moment: what could be undone is done, whether that was still said or not. */
  async hide(): Promise<void> {
    await this.page.evaluate(() => void dispatchEvent(new Event('pagehide')));
  }

  /** Another tab of the same browser. */
  async newTab(path = '/'): Promise<Page> {
    const page = await this.#browser.context.newPage();
    await page.goto(this.network.url + path);
    return page;
  }

  /** The service worker has the whole app: from now on it starts without a network. */
  async isInstalled(): Promise<void> {
    await this.page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
    await this.page.waitForFunction(() => caches.keys().then((keys) => keys.length > 0));
  }

  /**
   * Ends the browser and starts another on the same profile. `killed` is SIGKILL: what was not durable is gone; Chromium
   * writes cookies every 30 s, so let it be `closed` once after signing in.
   */
  async restart(how: 'closed' | 'killed'): Promise<void> {
    const { pathname } = new URL(this.page.url());
    await (how === 'killed' ? this.#browser.kill() : this.#browser.close());
    this.#browser = await startBrowser(this.#profile);
    this.page = await firstPage(this.#browser);
    await this.page.goto(this.network.url + pathname);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close();
    await this.network[Symbol.asyncDispose]();
    await rm(this.#profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Of the open conversation: those seen before stay on the page, hidden. */
const composerOf = (page: Page): Locator => page.getByRole('main').getByLabel('Message', { exact: true });

const firstPage = async ({ context }: BrowserProcess): Promise<Page> => context.pages()[0] ?? (await context.newPage());
