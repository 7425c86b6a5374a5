/** Without a network: writing, reloading, crashing, coming back; several tabs and devices. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Device } from './device.ts';
import { ANA, BO, startTwoPeople, type TwoPeople } from './two-people.ts';

let people: TwoPeople;
let ana: Device;
let bo: Device;

beforeAll(async () => {
  people = await startTwoPeople();
  ({ ana, bo } = people);
  await ana.startConversation([BO.name]);
  await ana.send('hello');
  await bo.openConversation(ANA.name);
  await ana.hasDelivery('hello', 'read');
  await ana.isInstalled();
});

afterAll(() => people?.[Symbol.asyncDispose]());

test('[O2][O4] written offline, reloaded offline, back: exactly once and in order', async () => {
  await ana.network.cut();
  for (const text of ['one', 'two', 'three']) await ana.send(text);
  await ana.page.getByText('Offline, 3 waiting').waitFor();
  await ana.page.reload();
  await ana.row('three').waitFor();
  expect(await ana.texts()).toEqual(['hello', 'one', 'two', 'three']);
  await ana.hasDelivery('three', 'sending');
  await ana.send('four');
  await bo.send('meanwhile');
  await ana.network.mend();
  await bo.row('four').waitFor();
  await ana.row('meanwhile').waitFor();
  const texts = await bo.texts();
  expect(texts.filter((text) => text !== 'meanwhile')).toEqual(['hello', 'one', 'two', 'three', 'four']);
  expect(texts).toHaveLength(6);
  expect(await ana.texts()).toEqual(texts);
});

test('[P3] text typed offline survives a killed browser and arrives exactly once', async () => {
  await ana.restart('closed');
  await ana.network.cut();
  await ana.send('typed before the power went');
  await ana.restart('killed');
  await ana.row('typed before the power went').waitFor();
  await ana.hasDelivery('typed before the power went', 'sending');
  await ana.network.mend();
  await bo.row('typed before the power went').waitFor();
  await ana.hasDelivery('typed before the power went', 'read');
  expect((await bo.texts()).filter((text) => text.startsWith('typed'))).toHaveLength(1);
});

test('[O2] an edit and a deletion made offline arrive', async () => {
  await ana.network.cut();
  await ana.choose('one', 'Edit');
  await ana.page.getByText('Editing message').waitFor();
  await ana.composer.fill('one, corrected');
  await ana.composer.press('Enter');
  await ana.row('one, corrected').waitFor();
  await ana.erase('two');
  await ana.page.getByText('You deleted this message').waitFor();
  await ana.network.mend();
  await bo.row('one, corrected').waitFor();
  await bo.page.getByText('This message was deleted').waitFor();
  expect(await bo.texts()).not.toContain('two');
});

test('[O5] two tabs of one browser agree, also offline', async () => {
  const { pathname } = new URL(ana.page.url());
  const tab = await ana.newTab(pathname);
  await ana.row('hello', tab).waitFor();
  await ana.network.cut();
  await ana.send('from the first tab');
  await ana.row('from the first tab', tab).waitFor();
  await ana.send('from the second tab', tab);
  await ana.row('from the second tab').waitFor();
  expect(await ana.texts(tab)).toEqual(await ana.texts());
  await ana.network.mend();
  await bo.row('from the second tab').waitFor();
  for (const text of ['from the first tab', 'from the second tab']) {
    expect((await bo.texts()).filter((one) => one === text)).toHaveLength(1);
    await ana.hasDelivery(text, 'read');
    await ana.hasDelivery(text, 'read', tab);
  }
  await tab.close();
});

test('[R1] a second device of the same person catches up and shares what was read', async () => {
  await using phone = await Device.open(people.server);
  await phone.signIn(ANA);
  await phone.openConversation(BO.name);
  await phone.row('hello').waitFor();
  expect(await phone.texts()).toEqual(await ana.texts());
  await ana.page.goto(ana.network.url);
  await phone.page.goto(phone.network.url);
  await bo.send('for whoever looks first');
  await ana.page.getByRole('link', { name: BO.name }).getByText('1 unread message').waitFor();
  await phone.openConversation(BO.name);
  await phone.row('for whoever looks first').waitFor();
  await bo.hasDelivery('for whoever looks first', 'read');
  await ana.page.getByRole('link', { name: BO.name }).getByText('1 unread message').waitFor({ state: 'detached' });
});
