/** What was chosen and not sent yet: still there after the page was closed, the same in all tabs, and gone at once when it is sent. */
import { expect, test } from 'vitest';
import type { ConversationId } from '../../schema/ids.ts';
import { MAX_MESSAGE_FILES } from '../../schema/limits.ts';
import { CONVERSATION, fastClock, TestDevice, until } from '../conversation/testing-device.ts';
import { TestServer } from '../conversation/testing-server.ts';
import { fileOf } from './testing-uploads.ts';
import { DeviceTrays } from './trays.ts';

const newDevice = () => new TestDevice({ server: new TestServer(), user: 'ana', members: ['ana', 'bo'] });

async function open(device: TestDevice) {
  const tab = await device.tab();
  const trays = new DeviceTrays({ store: tab.store, tabs: tab.tabs, clock: fastClock });
  await trays.load();
  return {
    ...{ tab, trays },
    tray: trays.of(CONVERSATION),
    names: () =>
      trays
        .of(CONVERSATION)
        .get()
        .files.map(({ name }) => name),
    [Symbol.dispose]() {
      trays[Symbol.dispose]();
      tab[Symbol.dispose]();
    },
  };
}

const named = (...names: string[]) => names.map((name) => fileOf(`bytes of ${name}`, name));

test('[P3] what was chosen is there after the page ended, in its order and with its bytes, and each conversation has its own', async () => {
  const device = newDevice();
  {
    using first = await open(device);
    await first.trays.add(CONVERSATION, named('b', 'a'));
    await first.trays.add(CONVERSATION, named('0'));
    await first.trays.add('other' as ConversationId, named('elsewhere'));
  }
  using again = await open(device);
  expect(again.names()).toEqual(['b', 'a', '0']);
  expect(await Promise.all(again.tray.get().files.map(({ blob }) => blob.text()))).toEqual([
    'bytes of b',
    'bytes of a',
    'bytes of 0',
  ]);
  expect(again.trays.isAny()).toBe(true);
});

test('what is taken out is gone, in the other tab too, and the rest stays the same', async () => {
  const device = newDevice();
  using first = await open(device);
  using second = await open(device);
  await first.trays.add(CONVERSATION, named('a', 'b'));
  const { files } = await until(second.tray, (tray) => tray.files.length === 2);
  await first.trays.remove(CONVERSATION, files.slice(0, 1));
  const left = await until(second.tray, (tray) => tray.files.length === 1);
  expect(left.files[0]).toBe(files[1]);
  using third = await open(device);
  expect(third.names()).toEqual(['b']);
});

test('one message takes so many files, from however many tabs they come', async () => {
  const device = newDevice();
  using first = await open(device);
  using second = await open(device);
  const many = named(...Array.from({ length: MAX_MESSAGE_FILES - 2 }, (_, n) => `${n}`));
  await Promise.all([first.trays.add(CONVERSATION, many), second.trays.add(CONVERSATION, named('x', 'y', 'z'))]);
  await until(first.tray, ({ files }) => files.length === MAX_MESSAGE_FILES);
  expect([first, second].filter(({ tray }) => tray.get().isFull)).toHaveLength(1);
  await first.trays.remove(CONVERSATION, first.tray.get().files.slice(0, 1));
  expect(first.tray.get().isFull).toBe(false);
});

test('[P3] sending empties the tray in the transaction that keeps the message: whenever the page ends, it stands in one of both', async () => {
  const device = newDevice();
  {
    using first = await open(device);
    await first.trays.add(CONVERSATION, named('a'));
    await first.tab.conversation.sendFiles('look', first.tray.get().files);
    // The page ends before it takes them out itself.
  }
  using again = await open(device);
  expect(again.names()).toEqual([]);
  const [record] = again.tab.unsent.contents.get();
  expect(record?.files).toEqual([{ name: 'a', type: 'text/plain', size: 10 }]);
  expect(await (await again.tab.unsent.blob(record as never, 0))?.text()).toBe('bytes of a');
});

test('[P3] without room to keep them they stand in the tray as long as the page does', async () => {
  const device = newDevice();
  using first = await open(device);
  await first.trays.add(CONVERSATION, named('kept'));
  const put = IDBObjectStore.prototype.put;
  IDBObjectStore.prototype.put = () => {
    throw new DOMException('full', 'QuotaExceededError');
  };
  await first.trays.add(CONVERSATION, named('large'));
  IDBObjectStore.prototype.put = put;
  expect(first.names()).toEqual(['kept', 'large']);
  expect(first.tab.store.failure.get()?.reason).toBe('quota');
  await first.trays.add(CONVERSATION, named('small'));
  expect(first.names()).toEqual(['kept', 'small', 'large']);
  await first.trays.remove(CONVERSATION, first.tray.get().files.slice(2));
  expect(first.names()).toEqual(['kept', 'small']);
});

test('a conversation that is forgotten leaves no tray behind', async () => {
  using first = await open(newDevice());
  await first.trays.add(CONVERSATION, named('a'));
  await first.tab.store.forget(CONVERSATION);
  await first.trays.load();
  expect(first.names()).toEqual([]);
});
