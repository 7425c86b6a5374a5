/**
 * Seeded stories of one browser that sends messages with files while everything goes wrong: pages end at any step, the network goes,
 * the server is in trouble, forgets uploads or refuses them, a second tab joins in. At the end each message that was not taken
 * back stands once, with the bytes it was given, and nothing of it is left behind here. A seed that fails is printed; `SIMULATION_SEED=17`
 * runs it alone.
 */
import { describe, expect, test, vi } from 'vitest';
import type { Message } from '../../schema/document/message.ts';
import { Chance } from '../../server/simulation/chance.ts';
import { TestTabs } from '../connection/testing-tabs.ts';
import { DOCUMENT, TestDevice, until } from '../conversation/testing-device.ts';
import { TestServer } from '../conversation/testing-server.ts';
import { type FilesTab, fileOf, filesTab, TestUploads, type UploadFault } from './testing-uploads.ts';

const SEEDS = process.env.SIMULATION_SEED
  ? [Number(process.env.SIMULATION_SEED)]
  : Array.from({ length: 6 }, (_, index) => index + 1);

const OPERATIONS = 40;

/** What a server in trouble, a proxy in front of it or a network say. */
const FAULTS: readonly (readonly [UploadFault, number])[] = [
  ['cut', 4],
  [500, 2],
  [503, 2],
  [423, 1],
  [429, 1],
  [401, 1],
  [404, 1],
  [410, 1],
  [413, 1],
];

class Story {
  readonly #chance: Chance;
  readonly #uploads = new TestUploads();
  readonly #server = new TestServer();
  readonly #browser = new TestTabs();
  readonly #device = new TestDevice({ server: this.#server, user: 'ana', members: ['ana', 'bo'] });
  readonly #tabs: FilesTab[] = [];
  /** Caption → bytes of its files, as the person who wrote it has it. */
  readonly #written = new Map<string, readonly string[]>();
  readonly #takenBack = new Set<string>();
  readonly log: string[] = [];
  #trouble = 0;
  crashes = 0;
  faults = 0;

  constructor(seed: number) {
    this.#chance = new Chance(seed);
    this.#uploads.fault = () => {
      if (!this.#chance.happens(this.#trouble)) return undefined;
      this.faults++;
      return this.#chance.weighted(FAULTS);
    };
    this.#server.refuse = (element) => {
      if (!('files' in element)) return undefined;
      const ids = element.files?.map(({ id }) => id) ?? [];
      const named = new Set(
        this.#messages().flatMap((message) =>
          message.id === element.id ? [] : (message.files ?? []).map(({ id }) => id),
        ),
      );
      return ids.every((id) => this.#uploads.isComplete(id) && !named.has(id)) ? undefined : 'no-file';
    };
  }

  async run(): Promise<void> {
    await this.#open();
    for (let n = 0; n < OPERATIONS; n++) {
      await this.#operation();
      for (let tasks = this.#chance.below(12); tasks > 0; tasks--)
        await new Promise((resolve) => setImmediate(resolve));
    }
    await this.#calm();
  }

  async #open(): Promise<FilesTab> {
    const options = { uploads: this.#uploads, browser: this.#browser, random: () => this.#chance.next() };
    const tab = await filesTab(this.#device, options);
    this.#tabs.push(tab);
    if (this.#chance.happens(0.7)) tab.online();
    return tab;
  }

  async #operation(): Promise<void> {
    const tab = this.#chance.pick(this.#tabs);
    const what = this.#chance.weighted([
      ['send', 5],
      ['crash', 3],
      ['second tab', 1],
      ['online', 4],
      ['offline', 2],
      ['cut', 1],
      ['trouble', 2],
      ['forget', 1],
      ['retry', 2],
      ['take back', 1],
    ] as const);
    this.log.push(what);
    if (what === 'send') await this.#send(tab);
    else if (what === 'crash') {
      this.crashes++;
      tab.crash();
      this.#tabs.splice(this.#tabs.indexOf(tab), 1);
      if (this.#tabs.length === 0) await this.#open();
    } else if (what === 'second tab') {
      if (this.#tabs.length < 2) await this.#open();
    } else if (what === 'online') tab.online();
    else if (what === 'offline') tab.offline();
    else if (what === 'cut') this.#server.cut();
    else if (what === 'trouble') this.#trouble = this.#chance.pick([0, 0.05, 0.3, 1]);
    else if (what === 'forget') {
      // As the daily sweep does to what rests; what messages name stays.
      const named = new Set(this.#messages().flatMap(({ files = [] }) => files.map(({ id }): string => id)));
      for (const upload of this.#uploads.all.values())
        if (!named.has(upload.id) && this.#chance.happens(0.5)) upload.isAbandoned = true;
    } else await this.#decide(tab, what);
  }

  /** The promise is what clears the composer: before it nothing is promised, after it everything is. */
  async #send(tab: FilesTab): Promise<void> {
    const caption = `message ${this.#written.size + 1}`;
    const files = Array.from({ length: 1 + this.#chance.below(3) }, (_, index) => `file ${index} of ${caption}`);
    const sending = tab.conversation.sendFiles(
      caption,
      files.map((words) => fileOf(words)),
    );
    this.#written.set(caption, files);
    if (this.#chance.happens(0.8)) return sending;
    // The page ends while it is being stored: it stands in the store or in the composer.
    sending.catch(() => undefined);
    tab.crash();
    this.#tabs.splice(this.#tabs.indexOf(tab), 1);
    const kept = await this.#open().then((next) => next.unsent.contents.get());
    const isSent = () => this.#messages().some(({ text }) => text === caption);
    if (!kept.some(({ text }) => text === caption) && !isSent()) this.#written.delete(caption);
  }

  async #decide(tab: FilesTab, what: 'retry' | 'take back'): Promise<void> {
    const open = tab.unsent.contents
      .get()
      .filter(({ failure, sent }) => !sent && (failure !== undefined || what === 'take back'));
    const record = open.length > 0 ? this.#chance.pick(open) : undefined;
    if (!record) return;
    if (what === 'retry') return tab.unsent.retry(record);
    await tab.unsent.discard(record);
    this.#takenBack.add(record.text);
  }

  /** Nothing goes wrong any more, and who has to decide decides to try again. */
  async #calm(): Promise<void> {
    this.#trouble = 0;
    while (this.#tabs.length > 1) this.#tabs.pop()?.[Symbol.dispose]();
    using tab = this.#tabs[0] ?? (await this.#open());
    tab.offline();
    tab.online();
    const retry = () => {
      for (const record of tab.unsent.contents.get()) if (record.failure) void tab.unsent.retry(record);
    };
    const stop = tab.unsent.contents.subscribe(retry);
    retry();
    await until(tab.unsent.contents, (records) => records.length === 0);
    // The code of a page that has ended runs on here, and may store something after this one has looked: the next to look finds it.
    await vi.waitFor(async () => {
      await tab.unsent.load();
      expect(await tab.store.read(['blobs'], (transaction) => transaction.objectStore('blobs').count())).toBe(0);
    }, 10_000);
    await until(tab.outbox.contents, ({ records }) => records.length === 0);
    stop();
    expect(tab.outbox.contents.get().failed).toEqual([]);
    this.#judge();
  }

  #judge(): void {
    const sent = this.#messages();
    const captions = sent.map(({ text }) => text);
    expect(captions.toSorted(), '[P3] each message stands once').toEqual([...new Set(captions)].toSorted());
    for (const [caption, files] of this.#written) {
      const message = sent.find(({ text }) => text === caption);
      // What was on its way may have arrived before it was taken back.
      if (!message) expect(this.#takenBack, `[P3] ${caption} is lost`).toContain(caption);
      else
        expect(
          message.files?.map(({ id }) => this.#wordsOf(id)),
          caption,
        ).toEqual(files);
    }
    const named = sent.flatMap(({ files = [] }) => files.map(({ id }) => id));
    expect(new Set(named).size, 'a file belongs to one message').toBe(named.length);
  }

  #wordsOf(id: string): string {
    return new TextDecoder().decode(this.#uploads.all.get(id)?.bytes);
  }

  #messages(): (Message & { text?: string; files?: { id: string }[] })[] {
    return this.#server.messages(DOCUMENT) as Message[] as never;
  }
}

describe('[P3] whatever happens to pages, network and server, each message with files arrives once', () => {
  test.each(SEEDS)(
    'seed %s',
    async (seed) => {
      const story = new Story(seed);
      try {
        await story.run();
      } catch (failure) {
        throw new Error(`SIMULATION_SEED=${seed}: ${story.log.join(', ')}`, { cause: failure });
      }
      expect(story.log.length).toBe(OPERATIONS);
      expect(story.crashes + story.faults).toBeGreaterThan(0);
    },
    20_000,
  );
});
