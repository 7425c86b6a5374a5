/** Where a reader wants to go in a conversation, and bringing that into the rows. */
import type { Chain } from './chain.ts';
import type { ChainView, LocalView } from './chain-view.ts';
import type { Jumped, JumpTarget, Observed } from './conversation.ts';
import type { Device } from './local-copy.ts';
import type { Place, Whereabouts } from './whereabouts.ts';

export interface JumpsOptions {
  readonly device: Pick<Device, 'outbox'>;
  readonly chain: Chain;
  readonly look: Pick<ChainView, 'row' | 'isHidden' | 'receipts'>;
  readonly whereabouts: Whereabouts;
  readonly view: Observed<LocalView>;
  /** Puts what is known now into `view`. */
  readonly show: () => void;
}

export class Jumps {
  readonly #options: JumpsOptions;

  constructor(options: JumpsOptions) {
    this.#options = options;
  }

  async to(target: JumpTarget): Promise<Jumped> {
    if (target === 'latest') return this.#toEnd();
    if (target === 'first-unread') return this.#toUnread();
    if ('date' in target) return this.#toDate(target.date);
    const { device, chain, look, whereabouts, show } = this.#options;
    const { message: id, epoch } = target;
    if (device.outbox.contents.get().records.some((record) => record.id === id)) await this.#toEnd();
    if (epoch !== undefined && (await chain.show(epoch))) show();
    if (look.row(id)) return { ok: true, row: id };
    return this.#toPlace(await whereabouts.ofMessage(id));
  }

  async #toEnd(): Promise<Jumped> {
    const { chain, view, show } = this.#options;
    await chain.show(chain.newest);
    show();
    const last = view.get().rows.at(-1)?.message.id;
    return { ok: true, ...(last && { row: last }) };
  }

  /** Goes back to where this person has read, as far as the window reaches. */
  async #toUnread(): Promise<Jumped> {
    const { chain, look, view, show } = this.#options;
    const { countsFrom } = look.receipts;
    if (countsFrom < chain.low) await chain.show(countsFrom);
    show();
    const { firstUnread } = view.get();
    return firstUnread ? { ok: true, row: firstUnread } : this.#toEnd();
  }

  async #toDate(date: number): Promise<Jumped> {
    const { look, whereabouts, view } = this.#options;
    const place = await whereabouts.ofDate(date);
    const jumped = await this.#toPlace(place);
    if (typeof place === 'string' || !look.isHidden(place.id)) return jumped;
    const { rows } = view.get();
    const row = (rows.find(({ message }) => message.at >= date) ?? rows.at(-1))?.message.id;
    return { ok: true, ...(row && { row }) };
  }

  async #toPlace(place: Place): Promise<Jumped> {
    const { chain, look, show } = this.#options;
    if (place === 'nowhere') return { ok: false, why: 'unknown' };
    if (place === 'unreachable') return { ok: false, why: 'offline' };
    chain.extend(place.epoch);
    const isShown = await chain.show(place.epoch);
    if (!isShown) return { ok: false, why: 'offline' };
    show();
    return look.row(place.id) ? { ok: true, row: place.id } : { ok: false, why: 'unknown' };
  }
}
