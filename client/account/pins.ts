/**
 * What this person pins and unpins: it shows at once, and the server hears it when it can (`waiting-wishes.ts`). What the server
 * refuses does not show any more, its own list of pins says what holds; the person is told why.
 */
import type { Conversation, Pin } from '../../schema/http/conversations.ts';
import type { ConversationId, MessageId, UserId } from '../../schema/ids.ts';
import type { Clock } from '../connection/clock.ts';
import type { PinnedMessage, Pins, RefusedPin } from '../conversation/conversation.ts';
import { Source } from '../conversation/source.ts';
import type { PinWish } from '../storage/records.ts';
import type { Request } from './http.ts';
import { WaitingWishes, type WishSurroundings } from './waiting-wishes.ts';

interface WaitingPinsOptions extends WishSurroundings {
  readonly request: Request;
  /** What the server says of a conversation. */
  readonly take: (conversation: Conversation) => Promise<void>;
}

export class WaitingPins implements Pins, Disposable {
  /** What waits to be told, the oldest first. */
  readonly wishes = new Source<readonly PinWish[]>([]);
  readonly refused = new Source<readonly RefusedPin[]>([]);
  readonly #waiting: WaitingWishes<PinWish>;
  readonly #clock: Clock;

  constructor({ request, take, ...surroundings }: WaitingPinsOptions) {
    this.#clock = surroundings.clock;
    this.#waiting = new WaitingWishes<PinWish>({
      ...surroundings,
      of: 'pins',
      isSame: (a, b) => a.conversation === b.conversation && a.message === b.message,
      async tell({ conversation, message, isPinned }) {
        const path = `/api/conversations/${conversation}/pins/${message}`;
        const answer = await request<Conversation>(isPinned ? 'PUT' : 'DELETE', path);
        if (answer.ok) await take(answer.value);
        return answer;
      },
    });
    this.#waiting.all.subscribe(() => this.#show());
  }

  /** Reads what waits. */
  load(): Promise<void> {
    return this.#waiting.load();
  }

  set(conversation: ConversationId, message: MessageId, isPinned: boolean): Promise<void> {
    return this.#waiting.add({ conversation, message, isPinned, at: this.#clock.now() });
  }

  dismiss({ conversation, message }: RefusedPin): Promise<void> {
    return this.#waiting.dismiss((wish) => wish.conversation === conversation && wish.message === message);
  }

  /** The server can be asked, or may be by now. */
  send(): Promise<void> {
    return this.#waiting.send();
  }

  [Symbol.dispose](): void {
    this.#waiting[Symbol.dispose]();
  }

  #show(): void {
    const all = this.#waiting.all.get();
    this.wishes.set(all.filter(({ refused }) => refused === undefined));
    this.refused.set(
      all.flatMap(({ conversation, message, refused }) =>
        refused === undefined ? [] : { conversation, message, reason: REASONS[refused] ?? 'rejected' },
      ),
    );
  }
}

const REASONS: Readonly<Record<number, RefusedPin['reason']>> = { 403: 'role', 404: 'gone', 409: 'full' };

/** The pins of a conversation as the server knows them, with what this device wishes; the newest first. Undefined: none. */
export function pinsOf(
  { id, pins = [] }: { readonly id: string; readonly pins?: readonly Pin[] | undefined },
  wishes: readonly PinWish[],
  me: UserId,
): readonly PinnedMessage[] | undefined {
  const wished = wishes.filter(({ conversation }) => conversation === id);
  const known = pins.filter(({ message }) => wished.every((wish) => wish.isPinned || wish.message !== message));
  const added = wished.filter(({ message, isPinned }) => isPinned && known.every((pin) => pin.message !== message));
  const all = [
    ...added.toReversed().map(({ message }) => ({ message, by: me })),
    ...known.map(({ message, by }) => ({ message: message as MessageId, by: by as UserId })),
  ];
  return all.length > 0 ? all : undefined;
}

export const isSamePins = (a: readonly PinnedMessage[] = [], b: readonly PinnedMessage[] = []): boolean =>
  a.length === b.length && a.every((pin, place) => pin.message === b[place]?.message && pin.by === b[place]?.by);
