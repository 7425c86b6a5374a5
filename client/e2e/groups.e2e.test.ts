/** A group and its people: what one changes the other sees at once, and somebody comes in by a link who had no account. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Device } from './device.ts';
import { BO, startTwoPeople, type TwoPeople } from './two-people.ts';

let people: TwoPeople;
let ana: Device;
let bo: Device;

beforeAll(async () => {
  people = await startTwoPeople();
  ({ ana, bo } = people);
  await ana.startConversation([BO.name], 'Garden');
  await bo.openConversation('Garden');
});

afterAll(() => people?.[Symbol.asyncDispose]());

const gone = { state: 'detached' } as const;

/** By a press on the title. */
async function openDetails({ page }: Device, title: string) {
  await page.getByRole('heading', { name: title, exact: true }).getByRole('button').click();
  return page.getByRole('dialog', { name: 'Group details' });
}

const closeDetails = async (page: Page): Promise<void> => {
  await page.getByRole('dialog', { name: 'Group details' }).getByRole('button', { name: 'Close' }).click();
  await page.getByRole('dialog').waitFor(gone);
};

test('[C6] name, description and roles that one changes show at the other at once', async () => {
  const [here, there] = [await openDetails(ana, 'Garden'), await openDetails(bo, 'Garden')];
  expect(await there.getByRole('button', { name: 'Edit name and description' }).count()).toBe(0);
  await here.getByRole('button', { name: 'Edit name and description' }).click();
  await here.getByLabel('Group name').fill('Allotment');
  // Typed without a network it stays, and is saved when there is one.
  await ana.network.cut();
  await here.getByText('The group can be changed when there is a network.').waitFor();
  await here.getByLabel('Description').fill('Beds and bees');
  expect(await here.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true);
  await closeDetails(ana.page);
  await ana.network.mend();
  const again = await openDetails(ana, 'Garden');
  expect(await again.getByLabel('Description').inputValue()).toBe('Beds and bees');
  await again.getByRole('button', { name: 'Save' }).click();
  await there.getByRole('heading', { name: 'Allotment' }).waitFor();
  await there.getByText('Beds and bees').waitFor();
  // The list stands behind the dialog.
  await bo.page.locator('a').filter({ hasText: 'Allotment' }).waitFor();

  await again.getByRole('button', { name: BO.name }).click();
  await again.getByRole('button', { name: 'Make admin' }).click();
  await there.getByRole('button', { name: 'Edit name and description' }).waitFor();
  await closeDetails(bo.page);
  await closeDetails(ana.page);
});

test('[M4] an admin deletes what a member wrote, and the tombstone says who did', async () => {
  await ana.send('the shed code is 4711');
  await bo.row('the shed code is 4711').waitFor();
  await bo.erase('the shed code is 4711');
  await ana.page.getByText(`This message was deleted by ${BO.name}`).waitFor();
  await bo.page.getByText('You deleted this message').waitFor();
  expect(await ana.texts()).toEqual([]);
});

test('[C7] somebody without an account joins by a link on a phone, and is seen, heard and removed', async () => {
  const details = await openDetails(bo, 'Allotment');
  await details.getByRole('button', { name: 'New link' }).click();
  await details.getByRole('radio', { name: '1 person' }).check({ force: true });
  await details.getByRole('button', { name: 'Make link' }).click();
  const address = (await details.getByText('/invite#').textContent()) ?? '';
  await details.getByText('0 of 1 joined').waitFor();

  await using cy = await Device.open(people.server);
  await cy.page.setViewportSize({ width: 390, height: 844 });
  await cy.page.goto(cy.network.url + new URL(address).pathname + new URL(address).hash);
  await cy.page.getByText('You were invited to a group.').waitFor();
  await cy.page.reload();
  await cy.page.getByRole('button', { name: 'Create an account' }).click();
  await cy.page.getByLabel('Name', { exact: true }).fill('Cy Cole');
  await cy.page.getByLabel('Email').fill('cy@example.org');
  await cy.page.getByLabel('Password', { exact: true }).fill('correct horse');
  await cy.page.getByRole('button', { name: 'Create account' }).click();
  const asked = cy.page.getByRole('dialog', { name: 'Join this group?' });
  await asked.getByText(`2 members · ${BO.name} invites you`).waitFor();
  await asked.getByText('Beds and bees').waitFor();
  await asked.getByRole('button', { name: 'Join group' }).click();
  await cy.send('Hello from Cy');
  await ana.row('Hello from Cy').waitFor();

  await details.getByText('3 members').waitFor();
  await details.getByRole('button', { name: 'Cy Cole' }).click();
  await details.getByRole('button', { name: 'Remove Cy Cole from the group' }).click();
  await details.getByRole('button', { name: 'Remove', exact: true }).click();
  await details.getByText('2 members').waitFor();
  await cy.page.getByRole('heading', { name: 'Allotment' }).waitFor(gone);
  await cy.page.getByText('You are no longer in this chat').waitFor();
  // Neither the used link nor any older one brings back who was removed.
  await cy.page.goto(cy.network.url + new URL(address).pathname + new URL(address).hash);
  await cy.page.getByText('You were removed from this group').waitFor();
  await closeDetails(bo.page);
});
