/**
 * Opens scenes of the user interface (`client/ui/testing`) in Chromium at a size and in a theme. For screenshots and for tests of the
 * interface alone: no server of ours, no account, no database.
 */
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { FAKE_MICROPHONE } from '../fake-microphone.ts';

export const SIZES = {
  desktop: { width: 1280, height: 800 },
  phone: { width: 390, height: 844 },
} as const;

export interface SceneOptions {
  readonly size?: keyof typeof SIZES;
  readonly theme?: 'light' | 'dark';
  readonly touch?: boolean;
  readonly language?: string;
}

export interface FixturePage extends AsyncDisposable {
  /** Opens a scene in a context of its own; close the page's context afterwards. */
  open(scene: string, options?: SceneOptions): Promise<Page>;
  /**
   * Opens a scene in a new page with empty storage, for one story after the other: its context is that of the stories before with the
   * same options, which have compiled the code. Close the page afterwards.
   */
  openNext(scene: string, options?: SceneOptions): Promise<Page>;
  /** Shows another scene in a page that is open, which is much faster than another context. Storage stays as it is. */
  show(page: Page, scene: string): Promise<void>;
}

export interface FixtureOptions {
  readonly executablePath: string;
  /** Of the server of the scenes. */
  readonly origin: string;
}

export async function startFixture({ executablePath, origin }: FixtureOptions): Promise<FixturePage> {
  const browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', ...FAKE_MICROPHONE],
  });
  const contexts = new Map<string, BrowserContext>();

  const createContext = ({ size = 'desktop', theme = 'light', touch = false, language = 'en-GB' }: SceneOptions) =>
    browser.newContext({
      viewport: SIZES[size],
      colorScheme: theme,
      locale: language,
      hasTouch: touch,
      isMobile: touch,
      permissions: ['clipboard-read', 'clipboard-write', 'microphone'],
    });

  const go = async (page: Page, scene: string): Promise<void> => {
    await page.goto(`${origin}/?scene=${scene}`);
    await page.locator('#app > *').first().waitFor();
  };

  const newPage = async (context: BrowserContext): Promise<Page> => {
    const page = await context.newPage();
    page.setDefaultTimeout(15_000);
    return page;
  };
  return {
    async open(scene, options = {}) {
      const page = await newPage(await createContext(options));
      await go(page, scene);
      return page;
    },
    async openNext(scene, options = {}) {
      const key = JSON.stringify(Object.entries(options).sort());
      const context = contexts.get(key) ?? (await createContext(options));
      contexts.set(key, context);
      const page = await newPage(context);
      const devtools = await context.newCDPSession(page);
      await devtools.send('Storage.clearDataForOrigin', { origin, storageTypes: 'all' });
      await devtools.detach();
      await go(page, scene);
      return page;
    },
    show: go,
    [Symbol.asyncDispose]: () => browser.close(),
  };
}
