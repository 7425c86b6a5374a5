/** Exports of the whole client without a screen: from a real server, and from this device when there is none. */
import { unzipSync } from 'fflate';
import { expect, test } from 'vitest';
import type { MessageId } from '../../schema/ids.ts';
import { start, TestSite } from '../account/testing-site.ts';
import type { Export, ExportState } from '../conversation/conversation.ts';
import { textsOf, until } from '../conversation/testing-device.ts';

const NOTE = 'Only what was here';

async function setUp() {
  const site = await TestSite.open({ epochLimits: { messages: 40, bytes: 1_000_000, writers: 100 } });
  const { browser, accounts, messenger } = await site.join('Ana');
  const bo = await site.join('bo');
  return {
    ...{ profile: browser, messenger, id: await start(messenger, bo.messenger) },
    async [Symbol.asyncDispose]() {
      accounts[Symbol.dispose]();
      bo.accounts[Symbol.dispose]();
      await site[Symbol.asyncDispose]();
    },
  };
}

const ended = async ({ state }: Export): Promise<ExportState> => until(state, ({ is }) => is !== 'running');

async function fileOf(running: Export) {
  const state = await ended(running);
  if (state.is !== 'done') throw new Error(`The export failed: ${JSON.stringify(state)}`);
  const { name, covers, file } = state;
  return { name, covers, text: await file.text(), bytes: new Uint8Array(await file.arrayBuffer()) };
}

const textsIn = (ndjson: string) =>
  ndjson.split('\n').flatMap((line) => (line ? [(JSON.parse(line) as { text: string | null }).text] : []));

test('[X6] a conversation comes from the server, and from this device when there is none', async () => {
  await using setting = await setUp();
  const { profile, messenger, id } = setting;
  using conversation = messenger.open(id);
  const texts = Array.from({ length: 50 }, (_, n) => `number ${n} <b>`);
  for (const text of texts) await conversation.send(text);
  await until(conversation.timeline, ({ rows }) => rows.every(({ delivery }) => delivery !== 'sending'));
  const first = conversation.timeline.get().rows[0]?.message.id;
  if (!first) throw new Error('nothing here');
  await conversation.delete(first);
  await until(conversation.timeline, ({ rows }) =>
    rows.some(({ message, pending }) => 'deletedAt' in message && !pending),
  );
  const expected = [null, ...texts.slice(1)];

  const online = await fileOf(messenger.exports.ofConversation(id, 'ndjson', NOTE));
  expect(online.covers).toBe('all');
  expect(online.name).toMatch(/^conversation .*\.ndjson$/);
  expect(textsIn(online.text)).toEqual(expected);

  profile.setOnline(false);
  await conversation.send('from the train');
  const shown = await until(conversation.timeline, (timeline) => textsOf(timeline).at(-1) === 'from the train');
  const last = shown.rows.at(-1)?.message.id as MessageId;
  await conversation.react(last, '🚆');
  const pinned = shown.rows.at(-2)?.message.id as MessageId;
  await messenger.pins.set(id, pinned, true);
  await until(messenger.conversations, ({ items }) => items[0]?.pins?.[0]?.message === pinned);
  const here = await fileOf(messenger.exports.ofConversation(id, 'ndjson', NOTE));
  expect(here).toMatchObject({ covers: 'device', name: 'bo.ndjson' });
  expect(textsIn(here.text)).toEqual([...expected, 'from the train']);
  expect(here.text).toContain(`"reactions":[{"emoji":"🚆","users":["${messenger.account.id}"]}]`);
  const page = await fileOf(messenger.exports.ofConversation(id, 'html', NOTE));
  expect(page.text).toContain(NOTE);
  expect(page.text).toContain('number 49 &lt;b&gt;');
  expect(page.text).not.toContain('number 0 ');
  const marked = page.text.split('<article').filter((article) => article.includes(', pinned</time>'));
  expect(marked).toEqual([expect.stringContaining('number 49')]);
  expect(page.text).toContain('<p class="given" dir="auto">🚆 Ana</p>');
  messenger.deletions.begin({ conversation: id, ids: [last], whom: 'me' });
  await messenger.deletions.finish();
  const without = await fileOf(messenger.exports.ofConversation(id, 'ndjson', NOTE));
  expect(textsIn(without.text)).toEqual(expected);
  expect(await ended(messenger.exports.ofConversation(id, 'json', NOTE))).toEqual({
    is: 'failed',
    failure: { is: 'network' },
  });
  expect(await ended(messenger.exports.ofAccount())).toEqual({ is: 'failed', failure: { is: 'network' } });
});

test('[X6] the archive of the account comes with its progress, and can be given up', async () => {
  await using setting = await setUp();
  const { messenger, profile, id } = setting;
  for (let n = 0; n < 90; n++) await profile.ask('POST', `/api/conversations/${id}/messages`, { text: `number ${n}` });
  const seen: ExportState[] = [];
  const running = messenger.exports.ofAccount();
  running.state.subscribe(() => seen.push(running.state.get()));
  const { bytes, name } = await fileOf(running);
  expect(name).toMatch(/^Tidewire .*\.zip$/);
  expect(Object.keys(unzipSync(bytes))).toContain('manifest.json');
  const told = seen.flatMap((state) => (state.is === 'running' && state.messages !== undefined ? [state] : []));
  expect(told.at(-1)).toMatchObject({ messages: 90, of: 90 });
  expect(told.map(({ messages }) => messages)).toEqual(
    told.map(({ messages }) => messages).toSorted((a, b) => Number(a) - Number(b)),
  );

  const given = messenger.exports.ofAccount();
  given[Symbol.dispose]();
  await fileOf(messenger.exports.ofAccount());
  expect(given.state.get()).toEqual({ is: 'running', bytes: 0 });
});
