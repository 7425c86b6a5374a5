/** Push in Chromium: how a device comes to be told, what the service worker makes of pushes, and where touching a notification leads. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { Device } from './device.ts';
import { Pushes } from './pushes.ts';
import { type ServerProcess, startServerProcess } from './server-process.ts';
import { closeSettings, openSettings } from './settings.ts';
import { ANA, BO } from './two-people.ts';

let server: ServerProcess;
let ana: Device;
let pushes: Pushes;
let conversation: string;
/** Bo writes; the message's id. */
let say: (text: string) => Promise<string>;
/** Of what Bo wrote, oldest first. */
const messages: string[] = [];

/** Bo has no browser here. */
async function startBo(): Promise<void> {
  const url = `http://127.0.0.1:${server.port}`;
  const json = { 'content-type': 'application/json', origin: url };
  const joined = await fetch(`${url}/api/auth/sign-up/email`, {
    method: 'POST',
    headers: json,
    body: JSON.stringify(BO),
  });
  const headers = { ...json, authorization: `Bearer ${joined.headers.get('set-auth-token')}` };
  const ask = async <Value>(path: string, body?: object): Promise<Value> => {
    const answer = await fetch(url + path, { headers, ...(body && { method: 'POST', body: JSON.stringify(body) }) });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer.json() as Promise<Value>;
  };
  const found = await ask<{ items: { id: string }[] }>('/api/users?query=Ana');
  const started = await ask<{ id: string }>('/api/conversations', { memberIds: found.items.map(({ id }) => id) });
  conversation = started.id;
  say = async (text) => (await ask<{ id: string }>(`/api/conversations/${conversation}/messages`, { text })).id;
  for (const text of ['Are you there?', 'The ferry leaves at 9:40', 'See you on board']) messages.push(await say(text));
}

/**
 * Chromium gets subscriptions from a service of Google's, which is not here. This one is kept by the page's storage, as real
 * ones outlive pages; everything behind it is real.
 */
function pretendPushService(): void {
  const key = (length: number) => btoa('k'.repeat(length)).replace(/=+$/, '');
  const present = () => {
    const made = localStorage.getItem('pretended');
    if (made === null) return null;
    return {
      options: { applicationServerKey: Uint8Array.from(JSON.parse(made) as number[]).buffer },
      toJSON: () => ({ endpoint: 'https://push.example/1', keys: { p256dh: key(65), auth: key(16) } }),
      unsubscribe: async () => localStorage.removeItem('pretended'),
    };
  };
  Object.assign(PushManager.prototype, {
    getSubscription: async () => present(),
    subscribe: async ({ applicationServerKey }: { applicationServerKey: Uint8Array }) => {
      localStorage.setItem('pretended', JSON.stringify([...applicationServerKey]));
      return present();
    },
  });
}

/** A loaded machine takes its time. */
const SOON = { timeout: 20_000 };

const devices = async () => (await server.pool.query('select platform, token from push_targets')).rows;

beforeAll(async () => {
  server = await startServerProcess({ VAPID_SUBJECT: 'mailto:push@example.org' });
  ana = await Device.open(server);
  await ana.page.addInitScript(pretendPushService);
  await ana.page.reload();
  await ana.signUp(ANA);
  await startBo();
  await ana.page.getByRole('link', { name: BO.name }).waitFor();
  await ana.isInstalled();
  pushes = await Pushes.to(ana.page);
});

afterAll(async () => {
  await ana?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
});

afterEach(() => pushes.clear());

const message = (index: number, body: string, of = conversation) => ({
  ...{ type: 'message', conversation: of, message: messages[index] ?? '', from: 'bo', title: BO.name, body },
  ...{ at: '1780000000000', badge: String(index + 1) },
});

/** Nobody looks at the app: no window has it open. */
const leave = () => ana.page.goto('about:blank');
const comeBack = (path = '/') => ana.page.goto(ana.network.url + path);

/** In the order of their bodies: browsers tell them in none. */
async function expectShown(expected: object[]): Promise<void> {
  const shown = (await pushes.shown()).sort((a, b) => (a.body < b.body ? -1 : 1));
  expect(shown).toEqual(expected.map((each) => expect.objectContaining(each)));
}

test('[N1] [N3] a push shows one notification; the next one of that conversation takes its place, reading elsewhere withdraws it', async () => {
  await leave();
  await pushes.deliver(message(0, 'Are you there?'));
  await expectShown([{ tag: conversation, title: BO.name, body: 'Are you there?', silent: false }]);
  // As Firebase wraps it.
  await pushes.deliver({ data: message(1, 'The ferry leaves at 9:40'), fcmMessageId: 'x' });
  await expectShown([
    { tag: conversation, body: '2 new messages\nAre you there?\nThe ferry leaves at 9:40', silent: true },
  ]);
  // A server that was killed may send it again.
  await pushes.deliver(message(1, 'The ferry leaves at 9:40'));
  await pushes.deliver(message(2, 'Hello', 'another'));
  await expectShown([{ body: '2 new messages\nAre you there?\nThe ferry leaves at 9:40' }, { tag: 'another' }]);
  await pushes.deliver({ type: 'withdraw', conversation, badge: '1', messages: messages[0] });
  await expectShown([{ tag: 'another' }, { tag: conversation, body: 'The ferry leaves at 9:40' }]);
  for (const of of [conversation, 'another']) await pushes.deliver({ type: 'withdraw', conversation: of, badge: '0' });
  await expectShown([]);
});

test('what is no push of ours shows nothing and breaks nothing', async () => {
  await leave();
  for (const odd of ['', 'hello', '[]', 'null', '{"type":"message"}', { ...message(0, 'x'), conversation: '../x' }])
    await pushes.deliver(odd);
  await pushes.deliver(message(0, 'Are you there?'));
  await expectShown([{ tag: conversation }]);
  await pushes.deliver({ type: 'withdraw', conversation, badge: '0' });
  await expectShown([]);
});

test('[N4] touching it opens the message in the window that is open, or in a new one', async () => {
  await leave();
  await pushes.deliver(message(1, 'The ferry leaves at 9:40'));
  await expectShown([{ tag: conversation, actions: ['reply'] }]);
  await comeBack();
  await ana.page.getByRole('link', { name: BO.name }).waitFor();
  await pushes.touch(conversation);
  await ana.page.waitForURL(`**/c/${conversation}/${messages[1]}`);
  await ana.row('The ferry leaves at 9:40').waitFor();
  await expectShown([]);

  await leave();
  await pushes.deliver(message(2, 'See you on board'));
  await expectShown([{ tag: conversation }]);
  // Only a person's touch may open windows, and the debugger has none to give.
  const worker = await pushes.worker();
  const opened = worker.evaluate(
    () =>
      new Promise<string>((resolve) => {
        const { clients } = self as unknown as { clients: { openWindow: (url: string) => Promise<void> } };
        clients.openWindow = async (url) => resolve(url);
      }),
  );
  await pushes.touch(conversation);
  expect(await opened).toBe(`/c/${conversation}/${messages[2]}`);
});

test('[N4] a reply typed into the notification is sent without a window, and comes back when it cannot be', async () => {
  await leave();
  await pushes.deliver(message(2, 'See you on board'));
  await expectShown([{ tag: conversation, actions: ['reply'] }]);
  await ana.network.cut();
  await pushes.touch(conversation, 'reply', 'On my way');
  await expectShown([{ tag: conversation, body: 'Not sent: On my way' }]);
  await ana.network.mend();
  await pushes.touch(conversation, 'reply', 'On my way');
  await expectShown([]);
  await comeBack(`/c/${conversation}`);
  await ana.row('On my way').waitFor();
});

test('[N4] a window that is open marks as read, and stays where it is', async () => {
  await leave();
  await pushes.deliver({ ...message(3, 'Hurry up'), message: await say('Hurry up') });
  await expectShown([{ tag: conversation }]);
  await comeBack();
  const unread = ana.page.getByRole('link', { name: /Bo Berg.*unread/ });
  await unread.waitFor();
  // A button that notifications have while a window is open; this one outlived its absence.
  await pushes.touch(conversation, 'read');
  await unread.waitFor({ state: 'detached' });
  expect(new URL(ana.page.url()).pathname).toBe('/');
});

test('[N2] whoever looks at the app gets no notification', async () => {
  await comeBack();
  await ana.page.getByRole('link', { name: BO.name }).waitFor();
  await ana.page.bringToFront();
  await pushes.deliver(message(0, 'Are you there?'));
  await expectShown([]);
  await leave();
  await pushes.deliver(message(0, 'Are you there?'));
  await expectShown([{ tag: conversation }]);
});

test('[N2] what somebody looks at loses its notification here, and the server hears of it to spare the other devices', async () => {
  await leave();
  await pushes.deliver(message(0, 'Are you there?'));
  await pushes.deliver(message(2, 'Hello', 'another'));
  const said: string[] = [];
  ana.page.on('websocket', (socket) => socket.on('framesent', ({ payload }) => said.push(payload.toString())));
  await comeBack(`/c/${conversation}`);
  await expect.poll(() => said.join(), SOON).toContain(`{"t":"looking","conversation":"${conversation}"}`);
  await expect.poll(async () => (await pushes.shown()).map(({ tag }) => tag), SOON).toEqual(['another']);
});

test('[N5] is offered notifications after the first message, and told of them from the yes to the sign-out', async () => {
  await comeBack(`/c/${conversation}`);
  const offer = ana.page.getByRole('button', { name: 'Turn on notifications' });
  await ana.composer.waitFor();
  expect(await offer.count()).toBe(0);
  await ana.send('See you');
  await offer.click();
  await offer.waitFor({ state: 'detached' });
  await expect
    .poll(devices)
    .toEqual([{ platform: 'webpush', token: expect.stringContaining('https://push.example/1') }]);

  await ana.page.reload();
  await openSettings(ana.page, 'Notifications');
  const here = ana.page.getByRole('checkbox', { name: 'Notifications on this device' });
  expect(await here.isChecked()).toBe(true);
  await here.click();
  await expect.poll(devices, SOON).toEqual([]);
  expect(await ana.page.evaluate(() => localStorage.getItem('pretended'))).toBeNull();
  await here.click();
  await expect.poll(devices, SOON).toHaveLength(1);
  await closeSettings(ana.page);

  await leave();
  await pushes.deliver(message(0, 'Are you there?'));
  await comeBack();
  await ana.page.getByRole('button', { name: 'Account' }).click();
  await ana.page.getByRole('menuitem', { name: 'Sign out' }).click();
  await ana.page.getByRole('heading', { name: 'Sign in' }).waitFor();
  expect(await devices()).toEqual([]);
  expect(await ana.page.evaluate(() => localStorage.getItem('pretended'))).toBeNull();
  await expectShown([]);
});
