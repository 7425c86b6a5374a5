/**
 * How the tabs of one browser tell each other what happened, also without a network. They share the account's IndexedDB;
 * what cannot be read there at once (updates on their way to disk) or must be noticed goes through here. Losing a message
 * costs delay only: everything also reaches IndexedDB or the server.
 */
import type { DocumentId } from '../../schema/ids.ts';
import type { Bus } from '../connection/bus.ts';
import type { OutboxChange, Wishes } from './records.ts';

export type TabMessage =
  /** `isSettled`: it came from the server, so nobody needs to send it there. */
  | {
      readonly t: 'update';
      readonly document: DocumentId;
      readonly incarnation: number;
      readonly update: Uint8Array;
      readonly isSettled: boolean;
    }
  /** A tab that begins asks the others for what is not on disk yet. */
  | { readonly t: 'hello'; readonly document: DocumentId; readonly incarnation: number; readonly vector: Uint8Array }
  | { readonly t: 'reset'; readonly document: DocumentId; readonly incarnation: number }
  /** Sent before the update that carries the element, so that no tab takes it for acknowledged. */
  | { readonly t: 'outbox'; readonly change: OutboxChange }
  /** Messages that wait for files changed in the store. */
  | { readonly t: 'unsent' }
  /** Files that were chosen and not sent changed in the store. */
  | { readonly t: 'tray' }
  /** What waits to be told to the server changed in the store. */
  | { readonly t: 'wishes'; readonly of: keyof Wishes }
  /** The conversation list changed in the store. */
  | { readonly t: 'list' };

export class Tabs implements Disposable {
  readonly #bus: Bus;
  readonly #listeners = new Set<(message: TabMessage) => void>();
  #isDisposed = false;

  constructor(bus: Bus) {
    this.#bus = bus;
    bus.onmessage = (event) => {
      for (const listener of [...this.#listeners]) listener(event.data as TabMessage);
    };
  }

  /** After disposal it says nothing: work that was under way may still end. */
  post(message: TabMessage): void {
    if (!this.#isDisposed) this.#bus.postMessage(message);
  }

  /** Calls `listener` with what other tabs post, never with what this one does. */
  subscribe(listener: (message: TabMessage) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  [Symbol.dispose](): void {
    this.#isDisposed = true;
    this.#bus.onmessage = null;
    this.#bus.close();
    this.#listeners.clear();
  }
}
