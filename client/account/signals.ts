/**
 * What this device and the server say to each other beside documents: who is here, who types, what is looked at, and that
 * something has changed. What the server says is handed to whom it is for.
 */
import type { ConversationId, UserId } from '../../schema/ids.ts';
import { MAX_TYPING_MEMBERS } from '../../schema/limits.ts';
import type { ServerControl } from '../../schema/wire/control.ts';
import type { Clock } from '../connection/clock.ts';
import type { Connection } from '../connection/connection.ts';
import type { ConversationList } from './conversation-list.ts';
import { Looking } from './looking.ts';
import type { OpenConversations } from './open-conversations.ts';
import { PeopleOnScreen } from './people-on-screen.ts';
import { TypingSignal } from './typing-signal.ts';
import { Typists } from './typists.ts';

export interface SignalsOptions {
  readonly clock: Clock;
  readonly link: Pick<Connection, 'send'>;
  readonly list: Pick<ConversationList, 'get' | 'heard' | 'refresh' | 'renew'>;
  readonly open: Pick<OpenConversations, 'get' | 'open'>;
  /** Somebody, or this person, is called so now. */
  readonly onPerson: (person: ServerControl & { t: 'person' }) => void;
}

export class Signals implements Disposable {
  readonly #options: SignalsOptions;
  readonly #people: PeopleOnScreen;
  readonly #looking: Looking;
  readonly #typists: Typists;

  constructor(options: SignalsOptions) {
    const { clock, link, open } = options;
    this.#options = options;
    const send: Connection['send'] = (message) => link.send(message);
    this.#people = new PeopleOnScreen({ clock, send });
    this.#looking = new Looking({ clock, send });
    this.#typists = new Typists({ clock, lastOf: (id) => open.get(id)?.view.get().last?.message });
  }

  get presence(): PeopleOnScreen['presence'] {
    return this.#people.presence;
  }

  get typing(): Typists['typing'] {
    return this.#typists.typing;
  }

  watch(people: readonly UserId[]): () => void {
    return this.#people.watch(people);
  }

  look(conversation: ConversationId | undefined): void {
    this.#looking.set(conversation);
  }

  /** For one screen, on which this person may type. */
  typingIn(conversation: ConversationId): TypingSignal {
    return new TypingSignal({ clock: this.#options.clock, send: () => this.#sayTyping(conversation) });
  }

  linked(state: 'open' | 'lost'): void {
    this.#people.linked(state);
    this.#looking.linked(state);
    if (state === 'lost') this.#typists.clear();
  }

  /** Messages may have arrived in the conversation. */
  changed(conversation: ConversationId): void {
    this.#typists.changed(conversation);
  }

  async heard(message: ServerControl): Promise<void> {
    const { list, onPerson } = this.#options;
    switch (message.t) {
      case 'presence':
        return this.#people.heard(message);
      case 'typing':
        return this.#typists.heard(message.conversation as ConversationId, message.user as UserId);
      case 'missed':
        return void (await list.refresh());
      case 'changed':
        return list.renew(message.conversation as ConversationId);
      case 'person':
        return onPerson(message);
      case 'head':
        return this.#heardOf(message);
      // The connection's own.
      case 'opened':
      case 'closed':
      case 'pong':
    }
  }

  [Symbol.dispose](): void {
    this.#people[Symbol.dispose]();
    this.#looking[Symbol.dispose]();
    this.#typists[Symbol.dispose]();
  }

  async #heardOf(head: ServerControl & { t: 'head' }): Promise<void> {
    const { list, open } = this.#options;
    const conversation = head.conversation as ConversationId;
    if (head.preview) this.#typists.wrote(conversation, head.from as UserId);
    if (await list.heard(head)) open.open(conversation);
    else await list.refresh();
  }

  #sayTyping(conversation: ConversationId): void {
    const { list, link } = this.#options;
    // The server tells nobody in larger groups.
    const members = list.get(conversation)?.item.members.length ?? 0;
    if (members <= MAX_TYPING_MEMBERS) link.send({ t: 'typing', conversation });
  }
}
