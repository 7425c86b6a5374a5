/**
 * A tab without a socket: everything it wants goes to the leader, and what the leader says is as if the server had said it.
 * While nobody leads, it waits; when another tab leads, its channels have ended as they do when a connection is lost. While
 * it is visible it asks whether the leader is alive, which also lends a hidden leader its timers.
 */
import type { ClientControl, ServerControl } from '../../schema/wire/control.ts';
import type { Clock } from './clock.ts';
import type { Channel, ChannelEvents, Seat } from './connection.ts';
import { ABNORMAL, type LinkState } from './link.ts';
import { Listeners } from './listeners.ts';
import type { Announcement, Letter, TabBus, ToFollower, ToLeader } from './tab-bus.ts';
import type { Wake } from './wake.ts';

/** A frozen leader is found within two of these: sooner than anybody wonders why nothing arrives, later than a busy tab answers. */
const ASK_EVERY_MS = 3_000;
/** A timer this late means that this tab, or the whole device, was asleep: the answer may lie unread in its inbox. */
const LATE_MS = 1_000;
/** The leader hears of what was taken in at every so many bytes, far below what it lets wait. */
const TELL_TAKEN_BYTES = 256 * 1024;

export interface FollowerOptions {
  readonly bus: TabBus;
  readonly clock: Clock;
  readonly wake: Wake;
  /** Since when there has been no connection. */
  readonly troubleSince: number;
  /** Of the last leader this tab knew. */
  readonly term: number;
  /** The leader does not answer, or there is none. */
  readonly onSilent: () => void;
}

interface Wanted {
  readonly number: number;
  readonly document: string;
  readonly generation: string | undefined;
  readonly events: ChannelEvents;
  /** The present leader was told. */
  isSent: boolean;
}

export class Follower implements Seat {
  readonly #options: FollowerOptions;
  readonly #stateListeners = new Listeners();
  readonly #controlListeners = new Listeners<ServerControl>();
  readonly #stirListeners = new Listeners<string>();
  readonly #channels = new Map<number, Wanted>();
  readonly #stopListening: (() => void)[];
  #state: LinkState;
  #term: number;
  #leader: string | undefined;
  #lastChannel = 0;
  #takenBytes = 0;
  #isAsking = false;
  #cancelAsking: (() => void) | undefined;

  constructor(options: FollowerOptions) {
    const { bus, clock, wake, troubleSince, term } = options;
    this.#options = options;
    this.#term = term;
    this.#state = { is: 'connecting', attempt: 0, startedAt: clock.now(), troubleSince };
    this.#stopListening = [
      bus.listen({ heard: (announcement) => this.#heard(announcement), received: (letter) => this.#receive(letter) }),
      wake.subscribe(() => {
        this.#send({ t: 'nudge' });
        this.#ask();
      }),
    ];
    bus.announce({ t: 'who' });
    this.#isAsking = true;
    this.#askLater();
  }

  get state(): LinkState {
    return this.#state;
  }

  /** Of the newest leader this tab has heard of. */
  get term(): number {
    return this.#term;
  }

  onState(listener: () => void): () => void {
    return this.#stateListeners.add(listener);
  }

  onControl(listener: (message: ServerControl) => void): () => void {
    return this.#controlListeners.add(listener);
  }

  onStir(listener: (document: string) => void): () => void {
    return this.#stirListeners.add(listener);
  }

  request(): void {
    this.#send({ t: 'request' });
  }

  open(document: string, generation: string | undefined, events: ChannelEvents): Channel {
    const number = ++this.#lastChannel;
    const channel: Wanted = { number, document, generation, events, isSent: false };
    this.#channels.set(number, channel);
    this.#want(channel);
    return {
      send: (payload) => {
        if (this.#channels.has(number)) this.#send({ t: 'payload', channel: number, payload });
      },
      close: () => {
        if (this.#channels.delete(number) && channel.isSent) this.#send({ t: 'close', channel: number });
      },
    };
  }

  send(message: ClientControl): void {
    if (this.#state.is === 'open') this.#send({ t: 'control', message });
  }

  [Symbol.dispose](): void {
    const { bus } = this.#options;
    for (const stop of this.#stopListening) stop();
    this.#cancelAsking?.();
    this.#send({ t: 'leave' });
    if (this.#leader !== undefined) bus.forget(this.#leader);
    this.#leader = undefined;
    this.#lose();
    this.#channels.clear();
  }

  #heard(announcement: Announcement): void {
    if (announcement.t !== 'lead') return;
    const { tab, term } = announcement;
    // Of the present leader, which answers somebody else; or of one that was robbed and has not noticed.
    if (term < this.#term || (term === this.#term && this.#leader !== undefined)) return;
    if (this.#leader !== undefined) this.#options.bus.forget(this.#leader);
    this.#leader = tab;
    this.#term = term;
    this.#join();
  }

  #join(): void {
    const { clock } = this.#options;
    const { troubleSince } = this.#state;
    const wasOpen = this.#state.is === 'open';
    this.#isAsking = false;
    this.#takenBytes = 0;
    this.#send({ t: 'join' });
    const since = wasOpen ? clock.now() : troubleSince;
    this.#setState({ is: 'connecting', attempt: 0, startedAt: clock.now(), troubleSince: since });
    this.#lose();
    for (const channel of this.#channels.values()) this.#want(channel);
  }

  /** What a former leader was asked for is gone. */
  #lose(): void {
    const lost = [...this.#channels.values()].filter((channel) => channel.isSent);
    for (const channel of lost) this.#channels.delete(channel.number);
    for (const channel of lost) channel.events.closed(ABNORMAL, '');
  }

  #want(channel: Wanted): void {
    if (channel.isSent || this.#leader === undefined) return;
    channel.isSent = true;
    const { number, document, generation } = channel;
    this.#send({ t: 'open', channel: number, document, generation });
  }

  #send(body: ToLeader): void {
    const { bus } = this.#options;
    if (this.#leader !== undefined) bus.send(this.#leader, { to: 'leader', from: bus.tab, term: this.#term, body });
  }

  #receive(letter: Letter): void {
    if (letter.to === 'follower' && letter.term === this.#term) this.#obey(letter.body);
  }

  #obey(body: ToFollower): void {
    this.#isAsking = false;
    switch (body.t) {
      case 'state':
        return this.#setState(body.state);
      case 'here':
        return;
      case 'opened':
        return this.#channels.get(body.channel)?.events.opened(body.generation);
      case 'payload':
        this.#channels.get(body.channel)?.events.payload(body.payload);
        return this.#taken(body.payload.length);
      case 'closed': {
        const channel = this.#channels.get(body.channel);
        this.#channels.delete(body.channel);
        return channel?.events.closed(body.code, body.reason);
      }
      case 'control':
        return this.#controlListeners.tell(body.message);
      case 'stir':
        return this.#stirListeners.tell(body.document);
      case 'dropped':
        return this.#join();
    }
  }

  #setState(state: LinkState): void {
    this.#state = state;
    this.#stateListeners.tell();
  }

  #taken(bytes: number): void {
    this.#takenBytes += bytes;
    if (this.#takenBytes < TELL_TAKEN_BYTES) return;
    this.#send({ t: 'taken', bytes: this.#takenBytes });
    this.#takenBytes = 0;
  }

  /** Only while it can be seen: the timers of hidden tabs are late by themselves, and nobody waits for what they show. */
  #ask(): void {
    this.#isAsking = false;
    if (this.#options.wake.isVisible()) {
      this.#isAsking = true;
      if (this.#leader === undefined) this.#options.bus.announce({ t: 'who' });
      else this.#send({ t: 'ask' });
    }
    this.#askLater();
  }

  #askLater(): void {
    const { clock, wake, onSilent } = this.#options;
    const dueAt = clock.now() + ASK_EVERY_MS;
    this.#cancelAsking?.();
    this.#cancelAsking = clock.after(ASK_EVERY_MS, () => {
      const isSilent = this.#isAsking && wake.isVisible() && clock.now() < dueAt + LATE_MS;
      if (isSilent) onSilent();
      this.#ask();
    });
  }
}
