/**
 * Messages that shown ones reply to and that stand in no open document. They are looked up, never copied: only in memory, and
 * again when something of the conversation was erased. One at a time, as a reader waits for none of them.
 */
import type { Message } from '../../schema/document/message.ts';
import type { MessageId } from '../../schema/ids.ts';
import type { Quoted } from './conversation.ts';
import type { Whereabouts } from './whereabouts.ts';

/** What is known of a quoted message that was looked for. */
export const quotedAs = (found: Awaited<ReturnType<Whereabouts['find']>>): Quoted => {
  if (typeof found !== 'string') return found;
  return found === 'nowhere' ? 'unknown' : 'absent';
};

export class Quotes {
  readonly #find: (id: MessageId) => Promise<Message | 'nowhere' | 'unreachable'>;
  readonly #onChange: () => void;
  readonly #wanted = new Set<MessageId>();
  #found: ReadonlyMap<MessageId, Quoted> = new Map();
  #turn: Promise<void> = Promise.resolve();

  constructor(options: {
    find: (id: MessageId) => Promise<Message | 'nowhere' | 'unreachable'>;
    onChange: () => void;
  }) {
    this.#find = options.find;
    this.#onChange = options.onChange;
  }

  /** Another map whenever one was found. */
  get found(): ReadonlyMap<MessageId, Quoted> {
    return this.#found;
  }

  /** Looks for those that were not looked for yet. */
  want(ids: Iterable<MessageId>): void {
    for (const id of ids) {
      if (this.#wanted.has(id)) continue;
      this.#wanted.add(id);
      this.#look(id);
    }
  }

  /** Looks once more for what was out of reach, or for all, as any of it may have been edited or deleted. */
  again(which: 'absent' | 'all'): void {
    for (const [id, quoted] of this.#found) if (which === 'all' || quoted === 'absent') this.#look(id);
  }

  #look(id: MessageId): void {
    this.#turn = this.#turn.then(async () => {
      const quoted = quotedAs(await this.#find(id));
      if (this.#found.get(id) === quoted) return;
      this.#found = new Map(this.#found).set(id, quoted);
      this.#onChange();
    });
  }
}
