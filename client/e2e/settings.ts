/** Settings, as stories and scenes come to them. */
import type { Locator, Page } from 'playwright-core';

/** Opens Settings at a section. */
export async function openSettings(page: Page, section: string): Promise<Locator> {
  await page.getByRole('button', { name: 'Account' }).click();
  await page.getByRole('menuitem', { name: 'Settings…' }).click();
  return showSection(page, section);
}

/** Another one. */
export async function showSection(page: Page, section: string): Promise<Locator> {
  await page.getByRole('navigation', { name: 'Settings' }).getByRole('button', { name: section }).click();
  const shown = page.getByRole('region', { name: section });
  await shown.waitFor();
  return shown;
}

export async function closeSettings(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Close', exact: true }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
}
