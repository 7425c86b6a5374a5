/** Chromium as a process of ours on a profile of its own, so that a story can kill it and start another on the same profile. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { type Browser, type BrowserContext, chromium } from 'playwright-core';
import { inject } from 'vitest';
import { FAKE_MICROPHONE } from './fake-microphone.ts';

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  ...FAKE_MICROPHONE,
  '--window-size=1280,800',
  '--remote-debugging-port=0',
];

export interface BrowserProcess {
  readonly context: BrowserContext;
  /** SIGKILL: whatever was not durable is gone. */
  kill(): Promise<void>;
  close(): Promise<void>;
}

export async function startBrowser(profile: string): Promise<BrowserProcess> {
  const child = spawn(inject('chromium'), [...FLAGS, `--user-data-dir=${profile}`, 'about:blank'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const browser: Browser = await chromium.connectOverCDP(await endpointOf(child));
  const context = browser.contexts()[0];
  if (!context) throw new Error('Chromium has no default context');
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit');
    child.kill(signal);
    await exit;
  };
  return {
    context,
    kill: () => end('SIGKILL'),
    async close() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exit = once(child, 'exit');
      // Asked through the protocol it writes cookies and storage first; `browser.close()` would only disconnect.
      const session = await browser.newBrowserCDPSession();
      await session.send('Browser.close').catch(() => {}); // the answer may be lost with the connection
      await exit;
    },
  };
}

async function endpointOf(child: ChildProcess): Promise<string> {
  if (!child.stderr) throw new Error('Chromium has no output to read its address from');
  for await (const line of createInterface(child.stderr)) {
    const match = /DevTools listening on (ws:\S+)/.exec(line);
    if (!match) continue;
    child.stderr.resume();
    return match[1] as string;
  }
  throw new Error('Chromium ended before it was ready');
}
