/** Messages with files on one device: kept before anything else, sent once, and what is to be done when they cannot be sent. */
import { expect, test } from 'vitest';
import type { Element } from '../../schema/document/message.ts';
import { TestTabs } from '../connection/testing-tabs.ts';
import { DOCUMENT, TestDevice, until } from '../conversation/testing-device.ts';
import { TestServer } from '../conversation/testing-server.ts';
import { type FilesTab, fileOf, filesTab, type TestUpload, TestUploads, type UploadStep } from './testing-uploads.ts';

function setUp() {
  const server = new TestServer();
  const uploads = new TestUploads();
  // As the server has it: a message names what is there.
  server.refuse = (element) =>
    'files' in element && !element.files?.every(({ id }) => uploads.isComplete(id)) ? 'no-file' : undefined;
  const device = new TestDevice({ server, user: 'ana', members: ['ana', 'bo'] });
  return { server, uploads, device, browser: new TestTabs() };
}

const sentBy = (server: TestServer): (readonly [string, readonly string[]])[] =>
  (server.messages(DOCUMENT) as (Element & { text?: string; files?: readonly { name: string }[] })[]).map(
    ({ text = '', files = [] }) => [text, files.map(({ name }) => name)],
  );

/** Nothing waits here any more. */
const isEmpty = (tab: FilesTab) => until(tab.unsent.contents, (records) => records.length === 0);

const isFailed = async (tab: FilesTab) =>
  (await until(tab.unsent.contents, ([record]) => record?.failure !== undefined))[0]?.failure;

/** `fault` once, at that step. */
function failOnce(uploads: TestUploads, at: UploadStep, fault: number | 'cut'): void {
  uploads.fault = (step) => {
    if (step !== at) return undefined;
    uploads.fault = () => undefined;
    return fault;
  };
}

test('[P3] a message is on disk with its bytes when the promise resolves that clears the composer', async () => {
  const { device, uploads } = setUp();
  {
    const tab = await filesTab(device, { uploads });
    await tab.conversation.sendFiles('look', [fileOf('the sea'), fileOf('the shore')]);
    tab.crash();
  }
  using again = await filesTab(device, { uploads });
  const [record] = again.unsent.contents.get();
  expect(record).toMatchObject({ text: 'look', files: [{ name: 'the sea.txt', size: 7 }, { name: 'the shore.txt' }] });
  const bytes = await Promise.all([0, 1].map((index) => again.unsent.blob(record as never, index)));
  expect(await Promise.all(bytes.map((blob) => blob?.text()))).toEqual(['the sea', 'the shore']);
});

test('[P3] when there is no room, sending rejects and nothing of it is kept or sent', async () => {
  const { device, uploads, server } = setUp();
  using tab = await filesTab(device, { uploads });
  tab.online();
  const put = IDBObjectStore.prototype.put;
  let puts = 0;
  // The second blob does not fit.
  IDBObjectStore.prototype.put = function (...args) {
    if (this.name === 'blobs' && ++puts === 2) throw new DOMException('full', 'QuotaExceededError');
    return put.apply(this, args);
  };
  const sending = tab.conversation.sendFiles('too much', [fileOf('one'), fileOf('two')]);
  await expect(sending).rejects.toMatchObject({ reason: 'quota' });
  IDBObjectStore.prototype.put = put;
  await tab.unsent.load();
  expect(tab.unsent.contents.get()).toEqual([]);
  expect(await tab.store.read(['blobs'], (transaction) => transaction.objectStore('blobs').count())).toBe(0);
  await tab.conversation.sendFiles('smaller', [fileOf('three')]);
  await isEmpty(tab);
  expect(sentBy(server)).toEqual([['smaller', ['three.txt']]]);
});

test('what waits is sent when there is a network, the oldest first, each file once and its bytes are let go', async () => {
  const { device, uploads, server } = setUp();
  using tab = await filesTab(device, { uploads });
  await tab.conversation.sendFiles('first', [fileOf('one'), fileOf('two')]);
  await tab.conversation.sendFiles('', [fileOf('three')]);
  await tab.until(({ unsent }) => unsent?.length === 2);
  tab.online();
  await isEmpty(tab);
  expect(sentBy(server)).toEqual([
    ['first', ['one.txt', 'two.txt']],
    ['', ['three.txt']],
  ]);
  expect(uploads.complete).toEqual(['one', 'two', 'three']);
  expect(uploads.all.size).toBe(3);
  expect(await tab.store.read(['blobs'], (transaction) => transaction.objectStore('blobs').count())).toBe(0);
});

test.each<[UploadStep, string]>([
  ['begin', 'before the upload was begun'],
  ['send', 'in the middle of the bytes'],
  ['answer', 'before the answer was heard'],
])('[P3] a page that ends at "%s" (%s) goes on where it was, and the message arrives once', async (at) => {
  const { device, uploads, server } = setUp();
  {
    const tab = await filesTab(device, { uploads });
    await tab.conversation.sendFiles('look', [fileOf('a long file'), fileOf('another')]);
    const reached = new Promise<void>((resolve) => {
      let steps = 0;
      uploads.fault = (step) => {
        if (step === at && ++steps === (at === 'begin' ? 1 : 3)) resolve();
        return steps >= 3 ? 'cut' : undefined;
      };
    });
    tab.online();
    await reached;
    tab.crash();
  }
  uploads.fault = () => undefined;
  using again = await filesTab(device, { uploads });
  again.online();
  await isEmpty(again);
  expect(sentBy(server)).toEqual([['look', ['a long file.txt', 'another.txt']]]);
  expect(uploads.complete).toEqual(['a long file', 'another']);
  // Nothing was begun a second time.
  expect(uploads.all.size).toBe(2);
});

test('[P3] a page that ends between the last upload and the message sends it at its next start', async () => {
  const { device, uploads, server } = setUp();
  {
    const tab = await filesTab(device, { uploads });
    await tab.conversation.sendFiles('look', [fileOf('one')]);
    const sent = new Promise<void>((resolve) => {
      tab.local.writing.sendUploaded = () => {
        resolve();
        return new Promise(() => undefined);
      };
    });
    tab.online();
    await sent;
    tab.crash();
  }
  using again = await filesTab(device, { uploads });
  again.online();
  await isEmpty(again);
  expect(sentBy(server)).toEqual([['look', ['one.txt']]]);
  expect(uploads.all.size).toBe(1);
});

test('[P3] a page that ends while the message is on its way keeps the bytes until it has arrived', async () => {
  const { device, uploads, server } = setUp();
  server.isSilent = true;
  {
    const tab = await filesTab(device, { uploads });
    tab.online();
    await tab.conversation.sendFiles('look', [fileOf('one')]);
    await until(tab.unsent.contents, ([record]) => record?.sent !== undefined);
    // The row is that of the message already.
    await tab.until(({ rows, unsent }) => rows.length === 1 && unsent?.length === 0);
    tab.crash();
  }
  server.cut();
  server.isSilent = false;
  using again = await filesTab(device, { uploads });
  const [record] = again.unsent.contents.get();
  expect(await (await again.unsent.blob(record as never, 0))?.text()).toBe('one');
  again.online();
  await isEmpty(again);
  expect(sentBy(server)).toEqual([['look', ['one.txt']]]);
});

test.each([500, 503, 429, 423, 408, 'cut' as const])(
  'an answer of %s is tried again and ends in one message',
  async (fault) => {
    const { device, uploads, server } = setUp();
    using tab = await filesTab(device, { uploads });
    failOnce(uploads, 'send', fault);
    tab.online();
    await tab.conversation.sendFiles('look', [fileOf('one')]);
    await isEmpty(tab);
    expect(sentBy(server)).toEqual([['look', ['one.txt']]]);
    expect(uploads.all.size).toBe(1);
  },
);

test('an upload that the server has forgotten meanwhile is begun anew', async () => {
  const { device, uploads, server } = setUp();
  using tab = await filesTab(device, { uploads });
  for (const fault of [404, 410]) {
    uploads.fault = (step, upload) => {
      if (step !== 'send' || !upload) return undefined;
      uploads.fault = () => undefined;
      upload.isAbandoned = true;
      return fault;
    };
    tab.online();
    await tab.conversation.sendFiles(`after ${fault}`, [fileOf('one')]);
    await isEmpty(tab);
  }
  expect(sentBy(server)).toEqual([
    ['after 404', ['one.txt']],
    ['after 410', ['one.txt']],
  ]);
});

test('a session that is over is said, and the file goes on when there is another one', async () => {
  const { device, uploads, server } = setUp();
  using tab = await filesTab(device, { uploads });
  uploads.fault = () => 401;
  tab.online();
  await tab.conversation.sendFiles('look', [fileOf('one')]);
  await expect.poll(() => tab.signedOut).toBeGreaterThan(0);
  expect(tab.unsent.contents.get()[0]?.failure).toBeUndefined();
  uploads.fault = () => undefined;
  tab.offline();
  tab.online();
  await isEmpty(tab);
  expect(sentBy(server)).toEqual([['look', ['one.txt']]]);
});

test.each<[number, UploadStep, string]>([
  [413, 'begin', 'too-large'],
  [413, 'send', 'too-large'],
  [403, 'begin', 'not-member'],
  [404, 'begin', 'not-member'],
  [400, 'begin', 'rejected'],
])('%s at "%s" parks the message as %s, keeps nothing waiting, and may be tried again', async (status, at, failure) => {
  const { device, uploads, server } = setUp();
  using tab = await filesTab(device, { uploads });
  failOnce(uploads, at, status);
  tab.online();
  await tab.conversation.sendFiles('parked', [fileOf('one')]);
  await tab.conversation.sendFiles('the next', [fileOf('two')]);
  await until(tab.unsent.contents, (records) => records.length === 1 && records[0]?.failure === failure);
  expect(sentBy(server)).toEqual([['the next', ['two.txt']]]);
  const [row] = (await tab.until(({ unsent }) => unsent?.length === 1)).unsent ?? [];
  expect(row).toMatchObject({ text: 'parked', failure });
  await tab.conversation.retryFiles(row?.key ?? '');
  await isEmpty(tab);
  expect(sentBy(server)).toContainEqual(['parked', ['one.txt']]);
});

test('[P3] a message that the server refuses becomes one that failed, with its bytes, and may be sent again', async () => {
  const { device, uploads, server } = setUp();
  const { refuse } = server;
  server.refuse = () => 'no-file';
  using tab = await filesTab(device, { uploads });
  tab.online();
  await tab.conversation.sendFiles('refused', [fileOf('one')]);
  expect(await isFailed(tab)).toBe('no-file');
  // Not as a text without its files besides.
  expect(tab.outbox.contents.get().failed).toEqual([]);
  server.refuse = refuse;
  await tab.conversation.retryFiles(tab.unsent.contents.get()[0]?.key ?? '');
  await isEmpty(tab);
  expect(sentBy(server)).toEqual([['refused', ['one.txt']]]);
  // What the server refused to take for its file is not named again.
  expect(uploads.all.size).toBe(2);
});

test('cancelling stops the upload on the server too, and nothing is sent', async () => {
  const { device, uploads, server } = setUp();
  using tab = await filesTab(device, { uploads });
  const begun = new Promise<TestUpload>((resolve) => {
    uploads.fault = (step, upload) => {
      if (step === 'answer' && upload && upload.bytes.length >= 2) resolve(upload);
      return undefined;
    };
  });
  tab.online();
  await tab.conversation.sendFiles('never mind', [fileOf('a very long file indeed, in many pieces')]);
  const upload = await begun;
  const [record] = tab.unsent.contents.get();
  await tab.conversation.discardFiles(record?.key ?? '');
  await tab.conversation.sendFiles('this one', [fileOf('two')]);
  await isEmpty(tab);
  expect(upload.isAbandoned).toBe(true);
  expect(tab.uploader.progress.get().size).toBe(0);
  expect(sentBy(server)).toEqual([['this one', ['two.txt']]]);
  expect(await tab.store.read(['blobs'], (transaction) => transaction.objectStore('blobs').count())).toBe(0);
});

test('two tabs upload each file once, and the second goes on when the first one ends', async () => {
  const { device, uploads, server, browser } = setUp();
  const first = await filesTab(device, { uploads, browser });
  using second = await filesTab(device, { uploads, browser });
  first.online();
  second.online();
  const halfway = new Promise<void>((resolve) => {
    uploads.fault = (step, upload) => {
      if (step === 'send' && upload && upload.bytes.length >= 4) resolve();
      return undefined;
    };
  });
  await second.conversation.sendFiles('from the second', [fileOf('a long file'), fileOf('another')]);
  await halfway;
  first.crash();
  await isEmpty(second);
  expect(sentBy(server)).toEqual([['from the second', ['a long file.txt', 'another.txt']]]);
  expect(uploads.all.size).toBe(2);
});

test('[P3] two tabs without locks hand a message over once', async () => {
  const { device, uploads, server } = setUp();
  using first = await filesTab(device, { uploads });
  using second = await filesTab(device, { uploads });
  await first.conversation.sendFiles('once', [fileOf('one')]);
  await until(second.unsent.contents, (records) => records.length === 1);
  first.online();
  second.online();
  await Promise.all([isEmpty(first), isEmpty(second)]);
  expect(sentBy(server)).toEqual([['once', ['one.txt']]]);
});

test('what one tab discards or fails is so in the other', async () => {
  const { device, uploads, browser } = setUp();
  using first = await filesTab(device, { uploads, browser });
  using second = await filesTab(device, { uploads, browser });
  uploads.fault = () => 413;
  await second.conversation.sendFiles('too large', [fileOf('one')]);
  first.online();
  expect(await isFailed(second)).toBe('too-large');
  await second.conversation.discardFiles(second.unsent.contents.get()[0]?.key ?? '');
  await isEmpty(first);
});
