/** For tests: a server with a database of its own, and people who use it from browsers of their own. */
import type { ConversationId } from '../../schema/ids.ts';
import { freshDatabase, type TestDatabase } from '../../server/database/testing.ts';
import { startServer, type TestServer } from '../../server/testing/server.ts';
import type { Accounts, Messenger } from '../conversation/conversation.ts';
import { messengerOf, TestBrowser } from './testing-browser.ts';

export const PASSWORD = 'correct horse battery';

export interface TestPerson {
  readonly browser: TestBrowser;
  readonly email: string;
  /** Of the page that is open. Disposing of it is closing the page. */
  readonly accounts: Accounts & Disposable;
  readonly messenger: Messenger;
}

export class TestSite implements AsyncDisposable {
  readonly database: TestDatabase;
  #server: TestServer;
  #people = 0;

  private constructor(database: TestDatabase, server: TestServer) {
    this.database = database;
    this.#server = server;
  }

  static async open(options: Pick<Parameters<typeof startServer>[0], 'epochLimits'> = {}): Promise<TestSite> {
    const database = await freshDatabase();
    return new TestSite(database, await startServer({ databaseUrl: database.url, ...options }));
  }

  /** A browser that nobody has signed in with. */
  browser(): TestBrowser {
    return new TestBrowser(() => this.#server.url);
  }

  /** Signs somebody up whose address is nobody else's. */
  async join(name: string): Promise<TestPerson> {
    const browser = this.browser();
    const email = `${name}.${this.#people++}@example.com`;
    const accounts = browser.page();
    const answer = await accounts.signUp({ name, email, password: PASSWORD });
    if (!answer.ok) throw new Error(JSON.stringify(answer.failure));
    return { browser, email, accounts, messenger: await messengerOf(accounts) };
  }

  /** Another server takes the place of this one after something was done to the database. */
  async restart(meanwhile: (database: TestDatabase) => Promise<unknown>): Promise<void> {
    const { port } = this.#server;
    await this.#server[Symbol.asyncDispose]();
    await meanwhile(this.database);
    this.#server = await startServer({ databaseUrl: this.database.url, port });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server[Symbol.asyncDispose]();
    await this.database[Symbol.asyncDispose]();
  }
}

/** A conversation of one with others. */
export async function start(messenger: Messenger, ...others: readonly Messenger[]): Promise<ConversationId> {
  const answer = await messenger.createConversation({ memberIds: others.map(({ account }) => account.id) });
  if (!answer.ok) throw new Error(JSON.stringify(answer.failure));
  return answer.value;
}
