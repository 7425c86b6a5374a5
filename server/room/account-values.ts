/** The values of an account document with their sizes, kept up to date without measuring everything again. */
import type * as Y from 'yjs';
import { ACCOUNT_ROOTS, type AccountRoot } from '../../schema/document/account.ts';
import type { StructId } from './read-update.ts';

interface Measured extends StructId {
  readonly bytes: number;
}

export class AccountValues {
  readonly #doc: Y.Doc;
  readonly #measured = new Map<string, Measured>();
  readonly #counts = new Map<AccountRoot, number>();
  #bytes = 0;

  /** Measures the whole document once. */
  constructor(doc: Y.Doc) {
    this.#doc = doc;
    for (const root of ACCOUNT_ROOTS) for (const key of doc.getMap(root)._map.keys()) this.measure(root, key);
  }

  /** All values and their keys, as JSON in UTF-8. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Keys of the root that have a value. */
  count(root: AccountRoot): number {
    return this.#counts.get(root) ?? 0;
  }

  /**
   * Looks at a key that may have changed.
   *
   * @returns the size of its value, 0 when there is none, and whether a former value went.
   */
  measure(root: AccountRoot, key: string): { readonly bytes: number; readonly hasReplaced: boolean } {
    const name = `${root} ${key}`;
    const former = this.#measured.get(name);
    const item = this.itemOf(root, key);
    if (former && item?.id.client === former.client && item.id.clock === former.clock)
      return { bytes: former.bytes, hasReplaced: false };
    const bytes = item ? Buffer.byteLength(JSON.stringify(contentOf(item))) + Buffer.byteLength(key) : 0;
    this.#bytes += bytes - (former?.bytes ?? 0);
    this.#counts.set(root, this.count(root) + Number(item !== undefined) - Number(former !== undefined));
    if (item) this.#measured.set(name, { client: item.id.client, clock: item.id.clock, bytes });
    else this.#measured.delete(name);
    return { bytes, hasReplaced: former !== undefined };
  }

  /** The item that carries the value of a key; undefined when it has none. */
  itemOf(root: AccountRoot, key: string): Y.Item | undefined {
    const item = this.#doc.getMap(root)._map.get(key);
    return item && !item.deleted ? item : undefined;
  }
}

const contentOf = ({ content }: Y.Item): unknown => (content as Y.ContentAny).arr[0];
