/**
 * Opens scenes of the user interface (`client/ui/testing`) in Chromium at a size and in a theme. For screenshots and for tests of the
 * interface alone: no server of ours, no account, no database.
 */
import { type Browser, chromium, type Page } from 'playwright-core';
import { FAKE_MICROPHONE } from './fake-microphone.ts';

export const SIZES = {
  desktop: { width: 1280, height: 800 },
  phone: { width: 390, height: 844 },
} as const;

export interface FixturePage extends AsyncDisposable {
  readonly browser: Browser;
  /** Opens a scene in a context of its own; close the page's context afterwards. */
  open(
    scene: string,
    options?: { size?: keyof typeof SIZES; theme?: 'light' | 'dark'; touch?: boolean; language?: string },
  ): Promise<Page>;
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

  const go = async (page: Page, scene: string): Promise<void> => {
    await page.goto(`${origin}/?scene=${scene}`);
    await page.locator('#app > *').first().waitFor();
  };
  return {
    browser,
    async open(scene, { size = 'desktop', theme = 'light', touch = false, language = 'en-GB' } = {}) {
      const context = await browser.newContext({
        viewport: SIZES[size],
        colorScheme: theme,
        locale: language,
        hasTouch: touch,
        isMobile: touch,
        permissions: ['clipboard-read', 'clipboard-write', 'microphone'],
      });
      const page = await context.newPage();
      page.setDefaultTimeout(15_000);
      await go(page, scene);
      return page;
    },
    show: go,
    [Symbol.asyncDispose]: () => browser.close(),
  };
}
