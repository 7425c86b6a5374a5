/**
 * Deletions that can be undone for some seconds. Until then they are in the memory of this page only; then, before the next one
 * begins, or when the page is hidden or closed, they are carried out. A page that is being closed may end before anything
 * asynchronous has: what is carried out is noted first, which happens at once, and the next page of this browser does it again.
 */
import type { ConversationId, UserId } from '../../schema/ids.ts';
import type { Clock } from '../connection/clock.ts';
import type { Deletions } from './conversation.ts';
import { type Deletion, type DeletionState, type Gone, NOTHING_GONE } from './deletions.ts';
import { Source } from './source.ts';

/** Long enough to see what one has done and to reach the button. */
export const UNDO_MS = 5_000;

export interface UndoableDeletionsOptions {
  readonly me: UserId;
  readonly clock: Clock;
  /** What is used of `localStorage`, and the name to use there. */
  readonly notes: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;
  readonly name: string;
  /** Why this cannot be done at all, known before it begins. */
  readonly objection: (deletion: Deletion) => Error | undefined;
  /** Resolves when it is durable on this device; doing it twice is doing it once. */
  readonly carryOut: (deletion: Deletion) => Promise<void>;
  /** `goneIn` of this conversation is another object. */
  readonly onChange: (conversation: ConversationId) => void;
}

export class UndoableDeletions implements Deletions, Disposable {
  readonly state = new Source<DeletionState | undefined>(undefined);
  readonly #options: UndoableDeletionsOptions;
  /** With the time they began: the undoable one, and those that are being carried out. */
  readonly #underWay = new Map<Deletion, number>();
  readonly #gone = new Map<ConversationId, Gone>();
  #stopTimer: (() => void) | undefined;
  #isHeld = false;
  #isDisposed = false;

  constructor(options: UndoableDeletionsOptions) {
    this.#options = options;
  }

  goneIn(conversation: ConversationId): Gone {
    return this.#gone.get(conversation) ?? NOTHING_GONE;
  }

  begin(deletion: Deletion): void {
    void this.finish();
    const failure = this.#options.objection(deletion);
    if (failure) return this.state.set({ is: 'failed', failure });
    this.#underWay.set(deletion, this.#options.clock.now());
    this.#changed(deletion);
    this.state.set({ is: 'undoable', deletion });
    this.#startTimer();
  }

  undo(): void {
    const deletion = this.#end();
    if (deletion) this.#leave(deletion);
  }

  async finish(): Promise<void> {
    const deletion = this.#end();
    if (!deletion) return;
    this.#note([...this.#noted(), deletion]);
    try {
      await this.#options.carryOut(deletion);
      this.#forget(deletion);
    } catch (failure) {
      if (!this.#isDisposed) {
        this.#forget(deletion);
        // The next one may be waiting already: then only the banner of the store says it.
        if (!this.state.get()) this.state.set({ is: 'failed', failure });
      }
    }
    this.#leave(deletion);
  }

  hold(): void {
    this.#isHeld = true;
    this.#stopTimer?.();
  }

  release(): void {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    this.#startTimer();
  }

  /** Carries out what a page noted and had no time for. */
  async resume(): Promise<void> {
    for (const deletion of this.#noted()) {
      // What cannot be stored now stays noted.
      const isDone = await this.#options.carryOut(deletion).then(
        () => true,
        () => false,
      );
      if (isDone) this.#forget(deletion);
    }
  }

  [Symbol.dispose](): void {
    this.#isDisposed = true;
    void this.finish();
  }

  #startTimer(): void {
    if (this.state.get()?.is === 'undoable' && !this.#isHeld)
      this.#stopTimer = this.#options.clock.after(UNDO_MS, () => void this.finish());
  }

  /** There is nothing more to say; answers what could be undone until now. */
  #end(): Deletion | undefined {
    this.#stopTimer?.();
    const state = this.state.get();
    this.state.set(undefined);
    return state?.is === 'undoable' ? state.deletion : undefined;
  }

  #leave(deletion: Deletion): void {
    this.#underWay.delete(deletion);
    this.#changed(deletion);
  }

  #changed({ conversation }: Deletion): void {
    const { me, onChange } = this.#options;
    const here = [...this.#underWay].filter(([deletion]) => deletion.conversation === conversation);
    const markers = here.flatMap(([{ ids, whom }, at]) =>
      whom === 'everyone' ? ids.map((del) => ({ del, from: me, at })) : [],
    );
    const hidden = new Set(here.flatMap(([{ ids, whom }]) => (whom === 'me' ? ids : [])));
    if (here.length > 0) this.#gone.set(conversation, { markers, hidden });
    else this.#gone.delete(conversation);
    onChange(conversation);
  }

  #noted(): readonly Deletion[] {
    const { notes, name } = this.#options;
    try {
      return JSON.parse(notes.getItem(name) ?? '[]') as Deletion[];
    } catch {
      // Not written by this software.
      return [];
    }
  }

  #note(deletions: readonly Deletion[]): void {
    const { notes, name } = this.#options;
    try {
      if (deletions.length > 0) notes.setItem(name, JSON.stringify(deletions));
      else notes.removeItem(name);
    } catch {
      // Without room for it, or where the browser forbids it: then only a page that ends meanwhile forgets.
    }
  }

  #forget(deletion: Deletion): void {
    const done = JSON.stringify(deletion);
    this.#note(this.#noted().filter((one) => JSON.stringify(one) !== done));
  }
}
