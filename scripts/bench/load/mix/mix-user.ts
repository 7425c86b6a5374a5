/**
 * One simulated person of the realistic mix, on the wire as our own app would be: one socket with all their documents and the account
 * document open, receipts for what arrives, the people on screen watched, and an HTTP request now and then.
 */
import type { ClientControl, ServerControl } from '../../../../schema/wire/control.ts';
import { encodeControl, encodeFrame, encodeSync, PAYLOAD, SYNC } from '../../../../schema/wire/frame.ts';
import { frameOf, LeanSocket } from '../../generator/lean-socket.ts';
import { readVarUint, stampedText, varUintEnd, visitMessages } from '../../generator/message.ts';
import type { MixConversation } from './conversations.ts';
import type { Observed } from './observed.ts';
import { Place } from './place.ts';

export interface MixUserOptions {
  readonly port: number;
  readonly user: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly conversations: readonly MixConversation[];
  readonly observed: Observed;
  readonly textCharacters: number;
}

/** Long enough for a lost answer to be told from a slow one. */
const PATIENCE_MS = 30_000;

const NOTHING = Uint8Array.of(0);
const NO_CHANGE = Uint8Array.of(0, 0);

/** What is being opened, and who waits for it. */
interface Opening {
  left: number;
  resolve(): void;
  reject(error: Error): void;
}

export class MixUser {
  readonly #options: MixUserOptions;
  readonly #places: readonly Place[];
  #socket: LeanSocket | undefined;
  /** The place before this person's eyes. */
  #looked: Place;
  /** Numbers taken on the present connection. */
  #channels = 0;
  #opening: Opening | undefined;

  constructor(options: MixUserOptions) {
    this.#options = options;
    const { conversations, user } = options;
    const send = (frame: Uint8Array): void => this.#socket?.send(frameOf(frame));
    this.#places = conversations.map((conversation) => new Place({ conversation, user, send }));
    this.#looked = this.#places[0] as Place;
  }

  /** Resolves when the list has come and all documents are open. */
  async connect(): Promise<void> {
    const { port, headers, user, observed } = this.#options;
    await new Promise<void>((resolve, reject) => {
      this.#channels = 0;
      this.#opening = { left: this.#places.length + 1, resolve, reject };
      this.#socket = new LeanSocket({
        ...{ port, headers, path: '/sync' },
        events: {
          onOpen: () => {
            for (const place of this.#places) this.#open(place);
            this.#say({ t: 'open', channel: ++this.#channels, document: `u.${user}` });
            this.#lookAt(this.#looked);
          },
          onFrame: (bytes, start, end, nowMs) => this.#frame(bytes, start, end, nowMs),
          onClose: (reason) => {
            // By us: there may be another one already.
            if (reason === 'destroyed here') return;
            this.#closeAll();
            observed.failed(reason);
            reject(new Error(reason));
          },
        },
      });
    });
    await this.list();
  }

  leave(): void {
    this.#closeAll();
    this.#socket?.destroy();
  }

  /** Comes back as after a lost network. */
  async reconnect(): Promise<void> {
    if (this.#opening || !this.#places.every(({ isSettled }) => isSettled)) return;
    this.leave();
    await this.connect();
  }

  /** Looks at another conversation: its people are watched, and what is new in it is read. */
  switch(): void {
    this.#lookAt(this.#places[Math.floor(Math.random() * this.#places.length)] as Place);
    this.read();
  }

  /** Opens the document again. */
  async reopen(): Promise<void> {
    const place = this.#looked;
    if (this.#opening || !place.isOpen || !place.isSettled) return;
    place.became('closed');
    this.#say({ t: 'close', channel: place.channel });
    await new Promise<void>((resolve, reject) => {
      this.#opening = { left: 1, resolve, reject };
      this.#open(place);
    });
  }

  typing(): void {
    this.#say({ t: 'typing', conversation: this.#looked.conversation.id });
  }

  write(dueMs: number): void {
    const { textCharacters, observed } = this.#options;
    if (!this.#looked.isOpen) return;
    observed.wrote(dueMs, this.#looked.conversation.listeners);
    this.#looked.write(stampedText({ dueMs, sentMs: performance.now(), textCharacters }));
  }

  edit(): void {
    this.#looked.edit('what was meant');
  }

  erase(): void {
    this.#looked.erase();
  }

  read(): void {
    this.#looked.read();
  }

  list(): Promise<void> {
    return this.#ask('/api/conversations');
  }

  scroll(): Promise<void> {
    return this.#ask(`/api/conversations/${this.#looked.conversation.id}/messages?limit=50`);
  }

  searchMessages(): Promise<void> {
    return this.#ask('/api/search?q=harbour%20fish');
  }

  searchPeople(): Promise<void> {
    const [person] = this.#looked.conversation.people as [string];
    return this.#ask(`/api/users?query=Person%20${Number(person.slice(-8))}`);
  }

  /** With somebody of the conversation: the same one when asked again. */
  startDirect(): Promise<void> {
    const people = this.#looked.conversation.people.filter((person) => person !== this.#options.user);
    const other = people[Math.floor(Math.random() * people.length)];
    return this.#ask('/api/conversations', { memberIds: [other] });
  }

  #lookAt(place: Place): void {
    this.#looked = place;
    const { id, people } = place.conversation;
    this.#say({ t: 'looking', conversation: id });
    this.#say({ t: 'watch', users: [...people] });
  }

  async #ask(path: string, body?: object): Promise<void> {
    const { port, headers, observed } = this.#options;
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      headers: {
        authorization: headers.Authorization as string,
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { method: 'POST', body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    await response.arrayBuffer();
    if (!response.ok) observed.failed(`${response.status} of ${path.split('?')[0]}`);
  }

  #say(message: ClientControl): void {
    this.#socket?.send(frameOf(encodeControl(message)));
  }

  #sync(channel: number, type: (typeof SYNC)[keyof typeof SYNC], bytes: Uint8Array): void {
    this.#socket?.send(frameOf(encodeFrame(channel, encodeSync(type, bytes))));
  }

  #open(place: Place): void {
    place.channel = ++this.#channels;
    this.#say({ t: 'open', channel: place.channel, document: place.conversation.document });
  }

  #closeAll(): void {
    for (const place of this.#places) place.became('closed');
  }

  #frame(bytes: Buffer, start: number, end: number, nowMs: number): void {
    const channel = bytes[start] as number;
    if (channel === 0) return this.#control(bytes.toString('utf8', start, end));
    const place = this.#places.find((each) => each.channel === channel);
    const type = bytes[start + 1];
    if (type === PAYLOAD.sync) this.#hear(place, { bytes, start, end, nowMs });
    else if (type === PAYLOAD.acknowledgement) {
      const writer = readVarUint(bytes, start + 2);
      place?.acknowledged(writer, readVarUint(bytes, varUintEnd));
    } else if (type === PAYLOAD.refusal) this.#options.observed.failed(bytes.toString('utf8', start + 2, end));
  }

  #hear(place: Place | undefined, frame: { bytes: Buffer; start: number; end: number; nowMs: number }): void {
    const { bytes, start, end, nowMs } = frame;
    const { observed, textCharacters } = this.#options;
    const type = bytes[start + 2];
    if (type === SYNC.step1) this.#sync(bytes[start] as number, SYNC.step2, NO_CHANGE);
    else if (type === SYNC.step2) {
      place?.became('open');
      if (!this.#opening || --this.#opening.left > 0) return;
      this.#opening.resolve();
      this.#opening = undefined;
    } else if (place) {
      const before = observed.deliveries;
      visitMessages(bytes, start, end, textCharacters, (dueMs, sentMs) => observed.delivered(dueMs, sentMs, nowMs));
      if (observed.deliveries === before) return;
      const length = readVarUint(bytes, start + 3);
      place.take(Uint8Array.prototype.slice.call(bytes, varUintEnd, varUintEnd + length));
      if (place === this.#looked) place.read();
    }
  }

  #control(text: string): void {
    const message = JSON.parse(text.slice(text.indexOf('{'))) as ServerControl;
    if (message.t === 'opened') this.#sync(message.channel, SYNC.step1, NOTHING);
    else if (message.t === 'presence') this.#options.observed.presence += message.users.length;
    else if (message.t === 'closed') {
      this.#options.observed.failed(`channel closed with ${message.code} ${message.reason}`);
      this.#opening?.reject(new Error(message.reason));
    }
  }
}
