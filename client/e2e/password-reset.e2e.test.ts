/** A password is reset: the person is out on their device, chooses a new one behind the link, and goes on where they were. */
import { expect, test } from 'vitest';
import type { PasswordReset } from '../../schema/http/admin.ts';
import type { Me } from '../../schema/http/conversations.ts';
import type { Device } from './device.ts';
import { ANA, BO, startTwoPeople } from './two-people.ts';

/** As a page of ours would ask. */
const ask = <Value>({ page }: Device, method: string, path: string): Promise<Value> =>
  page.evaluate(
    async ([method, path]) => (await fetch(path as string, { method: method as string })).json(),
    [method, path],
  ) as Promise<Value>;

test('[A12] a link sets a new password once; what was typed meanwhile is sent with it', async () => {
  await using people = await startTwoPeople();
  const { ana, bo } = people;
  // Whoever was first runs the installation.
  const isAna = (await ask<Me>(ana, 'GET', '/api/me')).isAdmin === true;
  const [admin, other, credentials] = isAna ? ([ana, bo, BO] as const) : ([bo, ana, ANA] as const);
  await other.startConversation([isAna ? ANA.name : BO.name]);
  await other.send('before');
  const { id } = await ask<Me>(other, 'GET', '/api/me');
  const { token } = await ask<PasswordReset>(admin, 'POST', `/api/admin/users/${id}/password-reset`);
  await other.page.getByText('You have been signed out').waitFor();
  await other.send('typed signed out');

  const page = await other.page.context().newPage();
  await page.goto(`${other.network.url}/reset-password#${token}`);
  await page.getByLabel('New password', { exact: true }).fill('short');
  await page.getByRole('button', { name: 'Set password' }).click();
  await page.getByText('Use at least 8 characters.').waitFor();
  expect(page.url()).not.toContain(token);
  await page.getByLabel('New password', { exact: true }).fill('a new password');
  await page.getByRole('button', { name: 'Set password' }).click();
  await page.getByText('Your new password is set.').waitFor();
  await page.goto('about:blank');
  await page.goto(`${other.network.url}/reset-password#${token}`);
  await page.getByLabel('New password', { exact: true }).fill('another password');
  await page.getByRole('button', { name: 'Set password' }).click();
  await page.getByText('This link was used already').waitFor();
  await page.close();

  await other.page.getByRole('button', { name: 'Sign in again' }).click();
  const dialog = other.page.getByRole('dialog', { name: 'Sign in again' });
  await dialog.getByLabel('Password', { exact: true }).fill(credentials.password);
  await dialog.getByRole('button', { name: 'Sign in', exact: true }).click();
  await dialog.getByRole('alert').waitFor();
  await dialog.getByLabel('Password', { exact: true }).fill('a new password');
  await dialog.getByRole('button', { name: 'Sign in', exact: true }).click();
  // The administrator may have it before anybody looks.
  await other.row('typed signed out').locator('[data-delivery=sent], [data-delivery=delivered]').waitFor();
});
