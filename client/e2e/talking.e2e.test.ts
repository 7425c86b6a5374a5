/** Two people talk: ticks, edits, deletions, refusals, a server that dies in the middle. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Device } from './device.ts';
import { ANA, BO, startTwoPeople, type TwoPeople } from './two-people.ts';

let people: TwoPeople;
let ana: Device;
let bo: Device;

beforeAll(async () => {
  people = await startTwoPeople();
  ({ ana, bo } = people);
});

afterAll(() => people?.[Symbol.asyncDispose]());

test('[R2] ticks advance: sent while the other is away, delivered on their device, read when they look', async () => {
  await bo.network.cut();
  await ana.startConversation([BO.name]);
  await ana.send('Are you there?');
  await ana.hasDelivery('Are you there?', 'sent');
  await bo.network.mend();
  await ana.hasDelivery('Are you there?', 'delivered');
  await bo.openConversation(ANA.name);
  await bo.row('Are you there?').waitFor();
  await ana.hasDelivery('Are you there?', 'read');
});

test('[M3] an edit and [M4] a deletion are seen by both', async () => {
  await bo.send('I am hear');
  await ana.row('I am hear').waitFor();
  await bo.composer.press('ArrowUp');
  await bo.page.getByText('Editing message').waitFor();
  await bo.composer.fill('I am here');
  await bo.composer.press('Enter');
  await ana.row('I am here').getByText('edited').waitFor();
  await bo.send('a secret');
  await ana.row('a secret').waitFor();
  await bo.erase('a secret');
  await ana.page.getByText('This message was deleted').waitFor();
  expect(await ana.texts()).toEqual(['Are you there?', 'I am here']);
  expect(await bo.texts()).toEqual(await ana.texts());
});

test('[P1] a server killed in mid-conversation loses nothing and doubles nothing', async () => {
  const before = await ana.texts();
  await ana.send('before the crash');
  await people.server.kill();
  await ana.send('during the crash, from Ana');
  await bo.send('during the crash, from Bo');
  await ana.hasDelivery('during the crash, from Ana', 'sending');
  await people.server.restart();
  await ana.row('during the crash, from Bo').waitFor();
  await bo.row('during the crash, from Ana').waitFor();
  await ana.hasDelivery('during the crash, from Ana', 'read');
  await bo.hasDelivery('during the crash, from Bo', 'read');
  const after = await ana.texts();
  expect(after.slice(0, before.length)).toEqual(before);
  expect(after.slice(before.length).sort()).toEqual(
    ['before the crash', 'during the crash, from Ana', 'during the crash, from Bo'].sort(),
  );
  expect(await bo.texts()).toEqual(after);
});

test('[O3] a refused message becomes failed, keeps its text, and can be sent again', async () => {
  await ana.startConversation([BO.name], 'Garden');
  const id = new URL(ana.page.url()).pathname.split('/').at(-1);
  await bo.openConversation('Garden');
  await bo.send('first');
  await ana.row('first').waitFor();
  await bo.network.cut();
  await bo.send('written while being removed');
  const boId = await ana.page.evaluate(async (path) => {
    const conversation = await (await fetch(path)).json();
    return conversation.members.find((member: { name: string }) => member.name.startsWith('Bo')).id;
  }, `/api/conversations/${id}`);
  const change = (method: string) =>
    ana.page.evaluate(
      async ([path, verb]) => {
        const body = verb === 'PUT' ? JSON.stringify({ role: 'member' }) : null;
        const headers = { 'content-type': 'application/json' };
        return (await fetch(path as string, { method: verb as string, body, headers })).status;
      },
      [`/api/conversations/${id}/members/${boId}`, method],
    );
  expect(await change('DELETE')).toBeLessThan(300);
  await bo.network.mend();
  await bo.page.getByText('You are no longer a member of this chat.').waitFor();
  await bo.page.getByText('written while being removed').waitFor();
  expect(await ana.texts()).toEqual(['first']);
  expect(await change('PUT')).toBeLessThan(300);
  await bo.page.reload();
  await bo.page.getByRole('button', { name: 'Retry' }).click();
  await ana.row('written while being removed').waitFor();
  expect(await ana.texts()).toEqual(['first', 'written while being removed']);
});
