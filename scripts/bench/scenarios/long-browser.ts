/**
 * A fresh browser profile with the app in it and somebody signed in: what is measured afterwards is the conversation, not
 * the download of the app.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium } from 'playwright-core';
import { COOKIE_PREFIX } from '../../../server/auth/credentials.ts';
import type { Laboratory } from '../laboratory.ts';
import type { LongConversation } from './long-open.ts';

const COOKIE = `${COOKIE_PREFIX}.session_token`;

export async function openBrowser(options: {
  laboratory: Laboratory;
  url: string;
  /** Its first member is signed in. */
  conversation: LongConversation;
}): Promise<{ context: BrowserContext } & AsyncDisposable> {
  const { laboratory, url, conversation } = options;
  const profile = await mkdtemp(join(tmpdir(), 'tidewire-bench-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--enable-precise-memory-info'],
    viewport: { width: 390, height: 844 },
  });
  const browser = {
    context,
    async [Symbol.asyncDispose]() {
      await context.close();
      await rm(profile, { recursive: true, force: true });
    },
  };
  try {
    const page = await context.newPage();
    await page.goto(url);
    await page.evaluate('navigator.serviceWorker.ready.then(() => true)');
    await page.close();
    const { Authorization = '' } = laboratory.member(conversation).headers;
    await context.addCookies([{ name: COOKIE, value: Authorization.slice('Bearer '.length), url }]);
    return browser;
  } catch (error) {
    await browser[Symbol.asyncDispose]();
    throw error;
  }
}
