/** Two people see each other: who types, who is online, who was last here when, and nothing of it without a connection. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Credentials, Device } from './device.ts';
import { type ServerProcess, startServerProcess } from './server-process.ts';

const ANA: Credentials = { name: 'Ana Amari', email: 'ana@example.org', password: 'correct horse' };
const BO: Credentials = { name: 'Bo Berg', email: 'bo@example.org', password: 'battery staple' };

let server: ServerProcess;
let ana: Device;
let bo: Device;

beforeAll(async () => {
  server = await startServerProcess();
  [ana, bo] = await Promise.all([Device.open(server), Device.open(server)]);
  await ana.signUp(ANA);
  await bo.signUp(BO);
  await ana.startConversation([BO.name]);
  await ana.send('Hello');
  await bo.openConversation(ANA.name);
});

afterAll(async () => {
  await ana?.[Symbol.asyncDispose]();
  await bo?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
});

const typing = (device: Device, name: string) => device.page.getByText(`${name} is typing…`);
const status = (device: Device, words: string | RegExp) =>
  device.page.locator('[role=main] header').getByText(words, { exact: true });
const gone = { state: 'detached' } as const;

test('[Y1] typing shows in the header and in the list, and ends with the message', async () => {
  await bo.composer.pressSequentially('I am here');
  await typing(ana, 'Bo').nth(1).waitFor();
  await ana.page.getByRole('navigation').getByText('Bo is typing…').waitFor();
  expect(await typing(ana, 'Bo').count()).toBe(2);
  expect(await bo.page.getByText('typing…').count()).toBe(0);
  await bo.composer.press('Enter');
  await ana.row('I am here').waitFor();
  expect(await typing(ana, 'Bo').count()).toBe(0);
});

test('[Y1] typing ends by itself when somebody stops', async () => {
  // What is said again within a second is dropped; whoever goes on typing says it again after three.
  const goOn = async () => {
    await ana.composer.pressSequentially('m');
    return typing(bo, 'Ana').count();
  };
  await expect.poll(goOn, { timeout: 20_000, interval: 500 }).toBeGreaterThan(0);
  await typing(bo, 'Ana').first().waitFor(gone);
  await ana.composer.fill('');
});

test('[Y2] who is here is online, in the header and in the list; who has left was last seen', async () => {
  await status(ana, 'online').waitFor();
  await ana.page.getByRole('link', { name: 'Bo Berg (online)' }).waitFor();
  await status(bo, 'online').waitFor();
  // Loaded again within the grace: not told as gone.
  await bo.page.reload();
  await bo.composer.waitFor();
  expect(await status(ana, 'online').count()).toBe(1);
  await bo.network.cut();
  await status(ana, /^last seen at /).waitFor();
  expect(await ana.page.getByText('(online)').count()).toBe(0);
  await bo.network.mend();
  await status(ana, 'online').waitFor();
});

test('nobody seems online, or seen, without a connection', async () => {
  await ana.network.cut();
  await status(ana, 'online').waitFor(gone);
  expect(await ana.page.getByText('(online)').count()).toBe(0);
  expect(await status(ana, /last seen/).count()).toBe(0);
  await ana.network.mend();
  await status(ana, 'online').waitFor();
});
