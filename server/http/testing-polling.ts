/**
 * Writers and pollers of `/api/messages/sync` on several servers of one installation: people post, and on devices write, edit and
 * delete, through epochs that close, while programs copy everything by cursor. Afterwards the copies are compared with what was
 * acknowledged, with what the servers have, and with what every cursor that was handed out still brings.
 */
import { isDeepStrictEqual } from 'node:util';
import type { ProjectedMessage, SyncedMessage } from '../../schema/http/messages.ts';
import type { MessageId } from '../../schema/ids.ts';
import { Chance } from '../simulation/chance.ts';
import type { Person, TestServer } from '../testing/server.ts';

export interface PollingOptions {
  readonly servers: readonly [TestServer, ...TestServer[]];
  readonly seed: number;
  /** Asked before each thing that somebody does. */
  readonly isOver: (done: number) => boolean;
}

export interface Polled {
  /** What the writers did and were acknowledged. */
  readonly counts: { posted: number; said: number; edited: number; deleted: number };
  readonly pages: number;
  /** Messages that the pollers were sent, as new or changed. */
  readonly delivered: number;
  readonly replayedCursors: number;
  readonly faults: readonly string[];
}

interface Page {
  readonly from: string | undefined;
  readonly messages: readonly SyncedMessage[];
}

interface Poller {
  readonly as: Person;
  readonly pages: Page[];
  cursor: string | undefined;
}

const CONVERSATIONS = 3;
const POSTERS = 3;
const DEVICES = 3;
/** So many changes a device makes before it opens the document that is the newest then. */
const CHANGES_PER_VISIT = 15;
/** Of each poller, spread over all it was given. */
const REPLAYED_CURSORS = 12;

const keyOf = ({ conversation, id }: SyncedMessage): string => `${conversation} ${id}`;

export async function poll({ servers, seed, isOver }: PollingOptions): Promise<Polled> {
  const chance = new Chance(seed);
  const [first] = servers;
  const counts = { posted: 0, said: 0, edited: 0, deleted: 0 };
  /** What was acknowledged: the text of a message, null once deleted. */
  const acknowledged = new Map<string, string | null>();
  const faults: string[] = [];
  let done = 0;
  let isWriting = true;

  const pick = () => servers[chance.below(servers.length)] as TestServer;
  const ask = async <Value>(method: string, path: string, as: Person, body?: unknown): Promise<Value> => {
    const response = await pick().ask(method, path, as, body);
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return (response.status === 204 ? undefined : await response.json()) as Value;
  };

  const owner = await first.signUp('Owner');
  const [writer, copier, joiner] = [
    await first.signUp('Writer'),
    await first.signUp('Copier'),
    await first.signUp('Joiner'),
  ];
  const conversations: string[] = [];
  for (let n = 0; n < CONVERSATIONS; n++) {
    const body = { title: `${n}`, memberIds: [writer.id, copier.id] };
    conversations.push((await ask<{ id: string }>('POST', '/api/conversations', owner, body)).id);
  }
  const anyConversation = () => conversations[chance.below(conversations.length)] as string;

  async function post(name: number): Promise<void> {
    while (!isOver(done++)) {
      const conversation = anyConversation();
      const text = `posted ${name} ${done}`;
      const { id } = await ask<{ id: string }>('POST', `/api/conversations/${conversation}/messages`, owner, { text });
      acknowledged.set(`${conversation} ${id}`, text);
      counts.posted++;
    }
  }

  /** A device on the newest epoch of some conversation: writes, edits and deletes its own until it goes elsewhere. */
  async function visit(name: number): Promise<void> {
    const conversation = anyConversation();
    const { document } = await ask<{ document: string }>('GET', `/api/conversations/${conversation}`, writer);
    using device = await pick().device(writer, document);
    const own: MessageId[] = [];
    for (let changes = 0; changes < CHANGES_PER_VISIT && !isOver(done++); changes++) {
      const does = own.length === 0 ? 0 : chance.next();
      const id = own[chance.below(own.length)] as MessageId;
      const text = `said ${name} ${done}`;
      const marker = does < 0.5 ? device.say(text) : does < 0.85 ? device.edit(id, text) : device.delete(id);
      await device.settled();
      // Of a message that has moved to the next epoch meanwhile, the edit is refused here.
      if (device.refusals.some(({ ids }) => ids.includes(marker))) continue;
      if (does < 0.5) {
        own.push(marker);
        counts.said++;
      } else if (does < 0.85) counts.edited++;
      else {
        own.splice(own.indexOf(id), 1);
        counts.deleted++;
      }
      acknowledged.set(`${conversation} ${does < 0.5 ? marker : id}`, does < 0.85 ? text : null);
    }
  }

  async function readPage(as: Person, from: string | undefined, limit: number) {
    const query = new URLSearchParams({ limit: `${limit}`, ...(from !== undefined && { since: from }) });
    return ask<{ messages: SyncedMessage[]; cursor: string; more: boolean }>('GET', `/api/messages/sync?${query}`, as);
  }

  /** Until nothing is left that was written before the writers ended. */
  async function copy(poller: Poller, limit: number): Promise<void> {
    for (;;) {
      const wasWriting = isWriting;
      const { messages, cursor, more } = await readPage(poller.as, poller.cursor, limit);
      poller.pages.push({ from: poller.cursor, messages });
      poller.cursor = cursor;
      if (!wasWriting && !more && messages.length === 0) return;
    }
  }

  const pollers = [copier, copier, joiner].map((as): Poller => ({ as, pages: [], cursor: undefined }));
  const copying = Promise.all(pollers.map((poller, n) => copy(poller, [7, 100, 31][n] as number)));
  const writers: Promise<void>[] = [];
  for (let n = 0; n < POSTERS; n++) writers.push(post(n));
  for (let n = 0; n < DEVICES; n++)
    writers.push(
      (async () => {
        while (!isOver(done)) await visit(n);
      })(),
    );
  // To whom everything is new that is there already.
  for (const id of conversations)
    await ask('PUT', `/api/conversations/${id}/members/${joiner.id}`, owner, { role: 'member' });
  const writing = Promise.all(writers).finally(() => {
    isWriting = false;
  });
  await Promise.all([writing, copying]);

  const truth = await readTruth();
  for (const [key, text] of acknowledged)
    if (truth.get(key)?.text !== text)
      faults.push(`${key} was acknowledged as ${text}, and is ${truth.get(key)?.text}`);
  let replayedCursors = 0;
  for (const [n, { as, pages }] of pollers.entries()) {
    faults.push(...inStream(pages).map((fault) => `poller ${n}: ${fault}`));
    faults.push(...inCopy(pages, truth).map((fault) => `poller ${n}: ${fault}`));
    const step = Math.max(1, Math.floor(pages.length / REPLAYED_CURSORS));
    for (let at = chance.below(step); at < pages.length; at += step) {
      replayedCursors++;
      const rest = pages.slice(at);
      faults.push(...(await inReplay(as, rest)).map((fault) => `poller ${n}, from page ${at}: ${fault}`));
    }
  }
  const delivered = pollers.reduce(
    (sum, { pages }) => sum + pages.reduce((all, page) => all + page.messages.length, 0),
    0,
  );
  return {
    counts,
    pages: pollers.reduce((sum, each) => sum + each.pages.length, 0),
    delivered,
    replayedCursors,
    faults,
  };

  /** What the servers say there is, page by page of each conversation. */
  async function readTruth(): Promise<Map<string, SyncedMessage>> {
    const found = new Map<string, SyncedMessage>();
    for (const conversation of conversations) {
      for (let before: string | undefined = ''; before !== undefined; ) {
        const query = new URLSearchParams({ limit: '200', ...(before && { before }) });
        const page: { items: ProjectedMessage[]; next?: string } = await ask(
          'GET',
          `/api/conversations/${conversation}/messages?${query}`,
          owner,
        );
        for (const message of page.items) found.set(`${conversation} ${message.id}`, { ...message, conversation });
        before = page.next;
      }
    }
    return found;
  }

  /** Asked again from where the first of `rest` began, in pages of another size: the same messages, each once, as they are now. */
  async function inReplay(as: Person, rest: readonly Page[]): Promise<string[]> {
    const wanted = new Set(rest.flatMap(({ messages }) => messages.map(keyOf)));
    const wrong: string[] = [];
    for (let cursor = rest[0]?.from, isMore = true; isMore; ) {
      const page = await readPage(as, cursor, 500);
      for (const message of page.messages) {
        const key = keyOf(message);
        if (!wanted.delete(key)) wrong.push(`${key} comes once more than it should`);
        if (!isDeepStrictEqual(message, truth.get(key))) wrong.push(`${key} comes as it is not`);
      }
      cursor = page.cursor;
      isMore = page.more;
    }
    for (const key of wanted) wrong.push(`${key} does not come`);
    return wrong;
  }
}

/** One state of a message comes once; a message that was deleted never comes back. */
function inStream(pages: readonly Page[]): string[] {
  const faults: string[] = [];
  const states = new Set<string>();
  for (const { messages } of pages)
    for (const message of messages) {
      const state = JSON.stringify(message);
      if (states.has(state)) faults.push(`came twice: ${state}`);
      states.add(state);
    }
  return faults;
}

/** Whoever keeps the last that came of each message has what there is. */
function inCopy(pages: readonly Page[], truth: ReadonlyMap<string, SyncedMessage>): string[] {
  const copy = new Map(pages.flatMap(({ messages }) => messages.map((message) => [keyOf(message), message] as const)));
  const faults: string[] = [];
  for (const [key, message] of truth) {
    const copied = copy.get(key);
    if (!copied) faults.push(`${key} never came`);
    else if (!isDeepStrictEqual(copied, message)) faults.push(`${key} came last as ${JSON.stringify(copied)}`);
  }
  if (copy.size > truth.size) faults.push(`${copy.size - truth.size} came that do not exist`);
  return faults;
}
