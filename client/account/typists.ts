/**
 * Who types where. There is no word for the end: somebody is forgotten some seconds after the last one, at once when a message
 * of theirs arrives, and with the connection.
 */
import type { ConversationId, MessageId, UserId } from '../../schema/ids.ts';
import { TYPING_SHOWN_MS } from '../../schema/limits.ts';
import type { Clock } from '../connection/clock.ts';
import { Source } from '../conversation/source.ts';

export interface TypistsOptions {
  readonly clock: Clock;
  /** The last message of the conversation that this device knows. */
  readonly lastOf: (conversation: ConversationId) => { readonly id: MessageId; readonly from: UserId } | undefined;
}

interface Typist {
  /** The last message when they were heard: another one, of theirs, ends their typing. */
  readonly last: MessageId | undefined;
  readonly cancel: () => void;
}

type Typing = ReadonlyMap<ConversationId, readonly UserId[]>;

export class Typists implements Disposable {
  readonly typing = new Source<Typing>(new Map());
  readonly #options: TypistsOptions;
  readonly #typists = new Map<ConversationId, Map<UserId, Typist>>();

  constructor(options: TypistsOptions) {
    this.#options = options;
  }

  heard(conversation: ConversationId, user: UserId): void {
    const { clock, lastOf } = this.#options;
    const here = this.#typists.get(conversation) ?? new Map<UserId, Typist>();
    this.#typists.set(conversation, here);
    const known = here.get(user);
    known?.cancel();
    const cancel = clock.after(TYPING_SHOWN_MS, () => this.wrote(conversation, user));
    here.set(user, { last: lastOf(conversation)?.id, cancel });
    if (!known) this.#show(conversation);
  }

  /** A message of this person has arrived. */
  wrote(conversation: ConversationId, user: UserId): void {
    const here = this.#typists.get(conversation);
    const typist = here?.get(user);
    if (!here || !typist) return;
    typist.cancel();
    here.delete(user);
    if (here.size === 0) this.#typists.delete(conversation);
    this.#show(conversation);
  }

  /** Messages may have arrived in the conversation. */
  changed(conversation: ConversationId): void {
    const here = this.#typists.get(conversation);
    const last = here && this.#options.lastOf(conversation);
    if (last && here.has(last.from) && here.get(last.from)?.last !== last.id) this.wrote(conversation, last.from);
  }

  clear(): void {
    for (const [conversation, here] of [...this.#typists])
      for (const user of [...here.keys()]) this.wrote(conversation, user);
  }

  [Symbol.dispose](): void {
    this.clear();
  }

  /** Only the changed conversation gets a new list, so that others are not drawn again. */
  #show(conversation: ConversationId): void {
    const next = new Map(this.typing.get());
    const here = this.#typists.get(conversation);
    if (here) next.set(conversation, [...here.keys()]);
    else next.delete(conversation);
    this.typing.set(next);
  }
}
