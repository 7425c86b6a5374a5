/** What stories about scenes begin with: a page for each, and the parts of the interface that most of them touch. */
import type { Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, inject } from 'vitest';
import { type FixturePage, type SceneOptions, startFixture } from './fixture-page.ts';

/** All of it belongs to the page that was opened last. */
export interface Stage extends Pick<FixturePage, 'show'> {
  open(scene: string, options?: SceneOptions): Promise<Page>;
  /** Opens a scene and waits until its newest message is in place. */
  openAt(scene: string, words: string, options?: SceneOptions): Promise<Page>;
  /** Where the conversation that is seen is written to. */
  field(): Locator;
  rows(): Locator;
  row(words: string): Locator;
  jump(): Locator;
  isAboveComposer(words: string): Promise<boolean>;
  expectFocusIn(words: string): Promise<void>;
  /** Ids that the interface reported as seen. */
  shown(conversation: string): Promise<string[]>;
  receive(conversation: string, from: string, text: string): Promise<unknown>;
}

/** To be called once a file: a browser for its stories, and an end of each story's page. */
export function setStage(): Stage {
  let fixture: FixturePage;
  let page: Page;
  beforeAll(async () => {
    fixture = await startFixture({ executablePath: inject('chromium'), origin: inject('scenes') });
  });
  afterEach(() => page?.close());
  afterAll(() => fixture?.[Symbol.asyncDispose]());

  const field = (): Locator => page.getByRole('main').getByLabel('Message', { exact: true });
  const rows = (): Locator => page.getByRole('list', { name: /Messages with/ }).getByRole('listitem');
  const row = (words: string): Locator => rows().filter({ hasText: words });
  const open = async (scene: string, options?: SceneOptions): Promise<Page> => {
    // A story may look at several.
    await page?.close();
    page = await fixture.openNext(scene, options);
    return page;
  };
  const isAboveComposer = async (words: string): Promise<boolean> => {
    const [message, composer] = await Promise.all([row(words).boundingBox(), field().boundingBox()]);
    return message !== null && composer !== null && message.y + message.height <= composer.y;
  };
  return {
    ...{ open, field, rows, row, isAboveComposer },
    show: (...of) => fixture.show(...of),
    async openAt(scene, words, options) {
      await open(scene, options);
      await row(words).waitFor();
      await expect.poll(() => isAboveComposer(words)).toBe(true);
      return page;
    },
    jump: () => page.getByRole('button', { name: /Jump to latest/ }),
    expectFocusIn: (words) =>
      expect.poll(() => page.evaluate<string>('document.activeElement.textContent')).toContain(words),
    shown: (conversation) => page.evaluate<string[]>(`fixture.open('${conversation}').shownIds`),
    receive: (conversation, from, text) =>
      page.evaluate(`fixture.open('${conversation}').receive('${from}', '${text}')`),
  };
}
