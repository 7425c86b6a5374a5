/**
 * Somebody's device in a conversation during a fault: the whole client without a screen. It does what people do, picked by
 * chance, and remembers what was typed, so that it can be asked for afterwards.
 */
import { isDeleted, type Message } from '../../../schema/document/message.ts';
import type { ConversationId, MessageId } from '../../../schema/ids.ts';
import type { Chance } from '../../../server/simulation/chance.ts';
import type { SignedIn } from '../../../server/testing/people.ts';
import { messengerOf, TestBrowser } from '../../account/testing-browser.ts';
import type { Accounts, Conversation, Messenger, Timeline } from '../../conversation/conversation.ts';

/** What the people of one conversation have typed and wished. */
export interface Intentions {
  /** First texts of messages. No two are the same, and none begins another. */
  readonly messages: string[];
  readonly edits: { readonly device: string; readonly target: MessageId; readonly text: string }[];
  /** The first text of each. */
  readonly deletions: Map<MessageId, string>;
  /** What was done, in order, for whoever looks into a failure. */
  readonly log: string[];
}

export const noIntentions = (): Intentions => ({ messages: [], edits: [], deletions: new Map(), log: [] });

/** Ends a first text, so that none begins another; what follows is an edit's. */
const END = '.';
export const firstTextOf = (text: string): string => text.slice(0, text.indexOf(END) + 1);

interface Page {
  readonly accounts: Accounts & Disposable;
  readonly messenger: Messenger;
  readonly conversation: Conversation;
}

export class Participant implements Disposable {
  readonly name: string;
  readonly person: SignedIn;
  readonly #browser: TestBrowser;
  readonly #intentions: Intentions;
  readonly #id: ConversationId;
  #page: Page | undefined;

  constructor(options: {
    name: string;
    person: SignedIn;
    url: string;
    conversation: ConversationId;
    intentions: Intentions;
  }) {
    this.name = options.name;
    this.person = options.person;
    this.#browser = new TestBrowser(() => options.url, options.person.cookie);
    this.#id = options.conversation;
    this.#intentions = options.intentions;
  }

  get timeline(): Timeline {
    return this.#opened.conversation.timeline.get();
  }

  get messages(): readonly Message[] {
    return this.timeline.rows.map(({ message }) => message);
  }

  /** Connected, and nothing waits to be sent or fetched. */
  get isSettled(): boolean {
    return this.#opened.messenger.connection.get().is === 'connected';
  }

  get connection(): string {
    return JSON.stringify(this.#opened.messenger.connection.get());
  }

  get #opened(): Page {
    if (!this.#page) throw new Error(`${this.name} has no page`);
    return this.#page;
  }

  /** Opens a page; one that was open is gone without a word, as when a browser is killed. */
  async open(): Promise<void> {
    this.#page?.accounts[Symbol.dispose]();
    const accounts = this.#browser.page();
    const messenger = await messengerOf(accounts);
    this.#page = { accounts, messenger, conversation: messenger.open(this.#id) };
  }

  goOnline(): void {
    this.#browser.setOnline(true);
  }

  ask(method: string, path: string, body?: object): Promise<Response> {
    return this.#browser.ask(method, path, body);
  }

  /** One thing that people do. */
  async act(chance: Chance): Promise<void> {
    const { conversation } = this.#opened;
    const { rows } = this.timeline;
    const own = rows.filter((row) => row.own && !isDeleted(row.message)).slice(-20);
    const act = chance.weighted([
      ['write', 10],
      ['edit', own.length > 0 ? 3 : 0],
      ['delete', own.length > 0 ? 1 : 0],
      ['read', 4],
      ['reload', 0.5],
      ['lose the network', 0.7],
      ['find the network', 1.5],
    ] as const);
    const { messages, edits, deletions, log } = this.#intentions;
    switch (act) {
      case 'write': {
        const text = `${this.name} ${messages.length}${END}`;
        messages.push(text);
        log.push(`${this.name} writes ${text}`);
        const other = chance.happens(0.2) ? rows.at(-1) : undefined;
        return conversation.send(text, other?.message.id);
      }
      case 'edit': {
        const { message } = chance.pick(own);
        if (isDeleted(message)) return;
        const text = `${firstTextOf(message.text)} Edit ${edits.length} by ${this.name}`;
        edits.push({ device: this.name, target: message.id, text });
        log.push(`${this.name} edits ${message.id}: ${text}`);
        return conversation.edit(message.id, text);
      }
      case 'delete': {
        const { message } = chance.pick(own);
        if (isDeleted(message)) return;
        deletions.set(message.id, firstTextOf(message.text));
        log.push(`${this.name} deletes ${message.id}: ${message.text}`);
        return conversation.delete(message.id);
      }
      case 'read':
        return conversation.shown(rows.slice(-10).map(({ message }) => message.id));
      case 'reload':
        log.push(`${this.name} is killed and opened again`);
        return this.open();
      case 'lose the network':
      case 'find the network':
        log.push(`${this.name} would ${act}`);
        return this.#browser.setOnline(act === 'find the network');
    }
  }

  [Symbol.dispose](): void {
    this.#page?.accounts[Symbol.dispose]();
    this.#page = undefined;
  }
}
