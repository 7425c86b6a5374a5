/**
 * An index in memory of the messages this device holds, for finding them without a network. It takes the present messages of a
 * document as they are and keeps what changed: what was edited or deleted is gone from it at once.
 */
import MiniSearch from 'minisearch';
import { isDeleted, type Message } from '../../schema/document/message.ts';
import type { FoundMessage } from '../../schema/http/search.ts';
import { type ConversationId, type DocumentId, parseDocumentId } from '../../schema/ids.ts';
import { findMatches, makeExcerpt, type Term } from '../../schema/search/query.ts';
import { fold, tokenize } from '../../schema/search/tokens.ts';

interface Entry {
  readonly key: string;
  readonly document: DocumentId;
  readonly id: string;
  readonly from: string;
  readonly at: number;
  readonly text: string;
}

export class MessageIndex {
  readonly #index = new MiniSearch<Entry>({
    idField: 'key',
    fields: ['text'],
    tokenize: (text) => tokenize(fold(text)).map((token) => token.text),
    processTerm: (term) => term,
    searchOptions: { combineWith: 'AND', tokenize: (term) => [term] },
  });
  readonly #documents = new Map<DocumentId, ReadonlyMap<string, Entry>>();

  /** Messages, all documents together. */
  get size(): number {
    return this.#index.documentCount;
  }

  get documents(): readonly DocumentId[] {
    return [...this.#documents.keys()];
  }

  /** Takes what the document holds now; answers whether anything that can be found has changed. */
  put(document: DocumentId, messages: readonly Message[]): boolean {
    const before = this.#documents.get(document) ?? new Map<string, Entry>();
    const now = new Map<string, Entry>();
    for (const message of messages) {
      if (isDeleted(message)) continue;
      const { id, from, at, text } = message;
      const key = `${document} ${id}`;
      const known = before.get(key);
      now.set(key, known?.text === text ? known : { key, document, id, from, at, text });
    }
    const gone = [...before.values()].filter((entry) => now.get(entry.key) !== entry);
    const added = [...now.values()].filter((entry) => before.get(entry.key) !== entry);
    // Not `discard`: that would leave the words until some later cleaning.
    if (gone.length > 0) this.#index.removeAll(gone);
    this.#index.addAll(added);
    this.#documents.set(document, now);
    return gone.length > 0 || added.length > 0;
  }

  drop(document: DocumentId): void {
    this.put(document, []);
    this.#documents.delete(document);
  }

  /** The newest matches first, of one conversation or of all. */
  search(terms: readonly Term[], limit: number, conversation?: ConversationId): FoundMessage[] {
    const wanted = terms.filter((term) => !term.isExcluded).flatMap((term) => term.tokens);
    if (wanted.length === 0) return [];
    const queries = wanted.map(({ text, isPrefix }) => ({ queries: [text], prefix: isPrefix }));
    const entries = this.#index.search({ combineWith: 'AND', queries }).map(({ id }) => this.#entry(id as string));
    const found: FoundMessage[] = [];
    for (const entry of entries.sort((a, b) => b.at - a.at)) {
      const place = parseDocumentId(entry.document);
      if (!place || (conversation !== undefined && place.conversation !== conversation)) continue;
      // The index knows words; whether they follow each other, or others are absent, only the text tells.
      const matches = findMatches(entry.text, terms);
      if (!matches) continue;
      const { id, from, at, text } = entry;
      found.push({ ...place, id, from, at, excerpt: makeExcerpt(text, matches) });
      if (found.length === limit) break;
    }
    return found;
  }

  #entry(key: string): Entry {
    const document = key.slice(0, key.indexOf(' ')) as DocumentId;
    return this.#documents.get(document)?.get(key) as Entry;
  }
}
