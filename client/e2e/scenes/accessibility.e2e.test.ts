/** axe on every scene of the interface and on its dialogs and menus, in both themes and on a phone: nothing serious. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { AxeResults, RunOptions } from 'axe-core';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, inject, it } from 'vitest';
import { scenes } from '../../ui/testing/scenes.ts';
import { type FixturePage, startFixture } from './fixture-page.ts';
import { STEPS } from './scene-steps.ts';

let fixture: FixturePage;
let axe: string;

beforeAll(async () => {
  axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  fixture = await startFixture({ executablePath: inject('chromium'), origin: inject('scenes') });
});

afterAll(() => fixture?.[Symbol.asyncDispose]());

/** Pages whose scene is done with. */
const idle: Page[] = [];

async function begin(scene: string): Promise<Page> {
  const page = await fixture.open(scene);
  // At the beginning of each document, because the former one writes while it goes.
  await page.addInitScript(() => localStorage.clear());
  return page;
}

async function take(scene: string): Promise<Page> {
  const page = idle.pop() ?? (await begin(scene));
  await page.emulateMedia({ colorScheme: 'light' });
  await fixture.show(page, scene);
  return page;
}

const ALL: RunOptions = { resultTypes: ['violations'] };
/** What a theme can change. */
const COLORS: RunOptions = { ...ALL, runOnly: ['color-contrast'] };

async function findSerious(page: Page, options: RunOptions): Promise<string[]> {
  // Into the page's own world through the debugger, where the content security policy does not forbid it.
  await page.evaluate(axe);
  // Colours that are still fading would be measured as they fade; spinners never end.
  await page.evaluate(`Promise.all(
    document.getAnimations()
      .filter((one) => one.effect.getComputedTiming().endTime !== Infinity)
      .map((one) => one.finished.catch(() => {})),
  )`);
  const { violations } = await page.evaluate<AxeResults>(`axe.run(document, ${JSON.stringify(options)})`);
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html} ${node.failureSummary ?? ''}`));
}

const cases = [
  ...Object.keys(scenes).map((scene) => ({
    name: `scene ${scene}`,
    scene,
    act: async (_: Page): Promise<unknown> => undefined,
  })),
  ...Object.entries(STEPS).map(([name, [scene, act]]) => ({ name, scene, act })),
];

// Two at once: each page has a process of its own, and a machine two cores.
describe.concurrent('axe finds nothing serious', () => {
  it.for(cases)('on the $name, light and dark', async ({ scene, act }, { expect }) => {
    const page = await take(scene);
    await act(page);
    expect(await findSerious(page, ALL)).toEqual([]);
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await findSerious(page, COLORS)).toEqual([]);
    // One that failed may hang in the middle of something, and is not used again.
    idle.push(page);
  });

  it.for(['home', 'group', 'failed', 'sign-in'])('on the scene %s of a phone', async (scene, { expect }) => {
    const page = await fixture.open(scene, { size: 'phone', touch: true });
    expect(await findSerious(page, ALL)).toEqual([]);
    await page.context().close();
  });

  it.for(['group', 'home'])('on the scene %s in Arabic', async (scene, { expect }) => {
    const page = await fixture.open(scene, { language: 'ar' });
    expect(await page.evaluate(() => document.dir)).toBe('rtl');
    expect(await findSerious(page, ALL)).toEqual([]);
    await page.context().close();
  });
});
