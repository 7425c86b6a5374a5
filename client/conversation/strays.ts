/**
 * Elements that turn out to stand in another epoch than the one they were written to, because the server has moved them or what they
 * are about: they are looked for, and written anew where they belong.
 */
import { isDelete, isEdit, isMessage, type Message } from '../../schema/document/message.ts';
import { foldTimeline } from '../../schema/document/timeline.ts';
import type { MessageId } from '../../schema/ids.ts';
import { fullJitterMs } from '../connection/backoff.ts';
import type { Clock } from '../connection/clock.ts';
import type { Connection } from '../connection/connection.ts';
import { isReaction, type OutboxRecord } from '../storage/records.ts';
import type { Chain } from './chain.ts';
import { subjectOf } from './fates.ts';
import type { Locator, Whereabouts } from './whereabouts.ts';

export interface StraysOptions {
  readonly clock: Clock;
  readonly connection: Pick<Connection, 'state' | 'onState'>;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly chain: Chain;
  readonly locator: Locator;
  readonly whereabouts: Whereabouts;
}

export class Strays {
  readonly #options: StraysOptions;

  constructor(options: StraysOptions) {
    this.#options = options;
  }

  /** Messages as the server settled them, without markers that still wait. */
  settled(): ReadonlyMap<MessageId, Message> {
    const elements = this.#options.chain.opened.flatMap(({ replica }) => replica.copy?.elements() ?? []);
    const settled = elements.filter((element) => !isEdit(element) && !isDelete(element));
    return new Map(foldTimeline(settled).map((message) => [message.id, message]));
  }

  /**
   * A message that is acknowledged and in no open document: the server has moved it to a newer epoch, or refused it while
   * nobody heard. Where the epoch is open here it counts as found once its document brings it.
   */
  async seek(id: MessageId): Promise<Message | undefined> {
    const { chain, locator } = this.#options;
    for (let attempt = 0; ; attempt++) {
      const here = this.settled().get(id);
      if (here) return here;
      const answer = await locator.message(id);
      if (answer.is === 'nowhere') return this.settled().get(id);
      if (answer.is === 'found') {
        chain.extend(answer.epoch);
        const isOpen = () => chain.opened.some(({ epoch }) => epoch === answer.epoch);
        return chain.until(() => this.settled().get(id) ?? (isOpen() ? undefined : answer.message));
      }
      await this.#untilConnected(attempt);
    }
  }

  /**
   * The message of an edit, deletion or reaction stands in another epoch than this device thought: there it goes. A reaction whose
   * copy was dropped is written into the next one.
   */
  async redirect(record: OutboxRecord): Promise<boolean> {
    const { element, editedAtBefore, given, document, incarnation } = record;
    if (!isReaction(element) && isMessage(element)) return false;
    const { chain, whereabouts } = this.#options;
    const place = await whereabouts.ofMessage(subjectOf(record));
    if (typeof place === 'string') return false;
    chain.extend(place.epoch);
    return chain.use(place.epoch, async (replica) => {
      if (replica.document === document && (!isReaction(element) || replica.record.incarnation === incarnation))
        return false;
      const made = {
        element,
        ...(editedAtBefore !== undefined && { editedAtBefore }),
        ...(given && { given: { ...given, repeats: given.repeats + 1 } }),
      };
      return replica.append(() => made, undefined, record);
    });
  }

  /** Resolves after a while that grows with the attempts, or when there is a new connection. */
  #untilConnected(attempt: number): Promise<void> {
    const { connection, clock, random } = this.#options;
    return new Promise((resolve) => {
      const stop = () => {
        cancel();
        stopListening();
        resolve();
      };
      const cancel = clock.after(fullJitterMs(attempt, random()), stop);
      let wasOpen = connection.state.is === 'open';
      const stopListening = connection.onState(() => {
        const isOpen = connection.state.is === 'open';
        if (isOpen && !wasOpen) stop();
        wasOpen = isOpen;
      });
    });
  }
}
