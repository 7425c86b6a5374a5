/** What an account has on a device: whether anything is only there, what a page that ends leaves, and what erasing does. */
import { beforeEach, expect, test } from 'vitest';
import type { ConversationId, DocumentId, MessageId, UserId } from '../../schema/ids.ts';
import { TestClock } from '../connection/testing-link.ts';
import { until } from '../conversation/testing-device.ts';
import { fileOf } from '../files/testing-uploads.ts';
import { INBOX } from '../share/inbox.ts';
import type { OutboxRecord, UnsentRecord } from '../storage/records.ts';
import { OwnDevice } from './own-device.ts';
import { TestBrowser } from './testing-browser.ts';

const [TALK, OTHER] = ['talk', 'other'] as [ConversationId, ConversationId];

/** The Cache API, of which only what stands in it counts here. */
class TestCaches {
  readonly kept = new Map<string, string[]>();

  async open(name: string) {
    const urls = this.kept.get(name) ?? [];
    this.kept.set(name, urls);
    return {
      put: async (url: string) => void urls.push(url),
      keys: async () => urls.map((url) => ({ url })),
      match: async () => undefined,
    };
  }

  async delete(name: string) {
    return this.kept.delete(name);
  }
}

let browser: TestBrowser;
let caches: TestCaches;

beforeEach(() => {
  browser = new TestBrowser(() => 'http://server.example');
  caches = new TestCaches();
});

async function open(user = 'ana') {
  const environment = {
    ...{ ...browser.environment(), clock: new TestClock() },
    caches: caches as unknown as CacheStorage,
  };
  const device = await OwnDevice.open({ me: user as UserId, environment });
  await Promise.all([device.load(), device.trays.load()]);
  return device;
}

const sent = (conversation = TALK): OutboxRecord => ({
  ...{ document: `${conversation}.0` as DocumentId, incarnation: 0, id: '7-0' as MessageId, writer: 7, clock: 0 },
  ...{ element: { id: '7-0' as MessageId, from: 'ana' as UserId, at: 1, text: 'hi' }, update: new Uint8Array(1) },
});
const refused = (conversation = TALK) => ({ conversation, key: '1-1', text: 'no', at: 1, kind: 'rejected' as const });
const photo = fileOf('bytes', 'photo');
const { blob: _, ...described } = photo;
const withPhoto = (conversation = TALK): UnsentRecord => ({
  ...{ conversation, key: '1-2', text: '', at: 1 },
  files: [described],
});

test.each<[string, { waits: boolean }, (device: OwnDevice) => Promise<void>]>([
  ['a message on its way', { waits: true }, (device) => device.outbox.add(sent())],
  ['a message that waits for its files', { waits: true }, (device) => device.unsent.add(withPhoto(), [photo])],
  ['a refused text', { waits: false }, (device) => device.outbox.park(refused())],
  ['a file that was chosen', { waits: false }, (device) => device.trays.add(TALK, [photo])],
])('%s is only here, after the page has ended too', async (_what, { waits }, keep) => {
  {
    using device = await open();
    expect([device.hasUnsent(), device.isWaiting()]).toEqual([false, false]);
    await keep(device);
  }
  using again = await open();
  expect([again.hasUnsent(), again.isWaiting()]).toEqual([true, waits]);
});

test('a conversation is held by what is unsent in it, not by files that were only chosen', async () => {
  using device = await open();
  await device.trays.add(TALK, [photo]);
  expect(device.holds(TALK)).toBe(false);
  await device.unsent.add(withPhoto(), [photo]);
  await device.outbox.park(refused(OTHER));
  expect([device.holds(TALK), device.holds(OTHER)]).toEqual([true, true]);
});

test('files wait for a network until they have failed, or their message is on its way', async () => {
  using device = await open();
  await device.unsent.add(withPhoto(), [photo]);
  await device.unsent.add({ ...withPhoto(OTHER), key: '1-3' }, [photo]);
  expect(device.waitingForFiles()).toBe(2);
  await device.unsent.fail(withPhoto(), 'too-large');
  expect(device.waitingForFiles()).toBe(1);
  await device.outbox.addSent(sent(OTHER), { ...withPhoto(OTHER), key: '1-3' });
  await device.unsent.changed();
  expect(device.waitingForFiles()).toBe(0);
});

test('[B7] the server has a message with files: they are kept under its name, and nothing waits any more', async () => {
  using device = await open();
  const record = { ...withPhoto(), files: [{ ...described, id: 'f1' as never }] };
  await device.unsent.add(record, [photo]);
  await device.outbox.addSent(sent(), record);
  await device.unsent.changed();
  await device.outbox.remove([sent()]);
  await until(device.unsent.contents, (records) => records.length === 0);
  expect(caches.kept.get(`${device.name}/files`)).toEqual([expect.stringContaining('f1')]);
});

test('[P4] what is forgotten of one conversation leaves memory and disk, and that of the others stays', async () => {
  {
    using device = await open();
    for (const id of [TALK, OTHER]) {
      await device.outbox.add(sent(id));
      await device.outbox.park(refused(id));
      await device.unsent.add(withPhoto(id), [photo]);
      await device.trays.add(id, [photo]);
    }
    await device.forget(TALK);
    expect([device.holds(TALK), device.holds(OTHER)]).toEqual([false, true]);
    expect(device.trays.of(TALK).get().files).toEqual([]);
  }
  using again = await open();
  expect([again.holds(TALK), again.holds(OTHER)]).toEqual([false, true]);
  expect([TALK, OTHER].map((id) => again.trays.of(id).get().files.length)).toEqual([0, 1]);
});

test('[P4] what is erased is gone with all caches and what other apps have shared; another account keeps its own', async () => {
  using other = await open('bo');
  await other.outbox.park(refused());
  {
    const device = await open();
    await device.outbox.park(refused());
    await caches.open(INBOX);
    await device.erase();
    expect([...caches.kept.keys()]).toEqual([`${other.name}/files`, `${other.name}/pictures`]);
  }
  using again = await open();
  expect(again.hasUnsent()).toBe(false);
  expect(other.hasUnsent()).toBe(true);
});
