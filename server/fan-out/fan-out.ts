/**
 * Fan-out: how servers tell each other what has happened, and bring each other what was committed to the documents that both
 * hold. Nothing here is the truth; what is lost costs delay, never data. Every implementation passes the suite in `fan-out.contract.ts`.
 */
import type { Doc } from 'yjs';
import type { ConversationId, DocumentId, UserId } from '../../schema/ids.ts';

export interface Notices {
  /** These sessions are over: their sockets close with 4401. */
  revoked: { readonly sessions: readonly string[] };
  /** Members, roles or existence of a conversation changed: rooms reload them, channels of former members close. */
  membership: { readonly conversation: ConversationId };
  /** What these people see of a conversation (title, description, members, roles, or that it is theirs) changed: their devices ask for it. */
  changed: { readonly conversation: ConversationId; readonly members: readonly UserId[] };
  /** Somebody is called otherwise now, or says something else of themselves: these people's devices hear what. */
  person: {
    readonly id: UserId;
    readonly name: string;
    readonly status?: string | undefined;
    readonly picture?: string | undefined;
    readonly people: readonly UserId[];
  };
  /** A message was committed: members whose connections do not hold the document hear it as `head`. */
  head: {
    readonly conversation: ConversationId;
    readonly epoch: number;
    readonly seq: number;
    readonly from: UserId;
    readonly at: number;
    readonly preview: string;
    readonly members: readonly UserId[];
  };
  /** Notices of the last so many milliseconds may have been lost: whoever missed a `head` is told to ask for the list. */
  missed: { readonly forMs: number };
  /** Somebody writes: these people hear it. */
  typing: { readonly conversation: ConversationId; readonly user: UserId; readonly people: readonly UserId[] };
  /** Since `at` these people may be online or not any more: whoever is watched here is looked up. */
  presence: { readonly users: readonly (readonly [user: UserId, at: number])[] };
  /** What people of a server have before their eyes, all of it for each of these people. */
  looking: {
    readonly server: string;
    readonly people: readonly (readonly [user: UserId, conversations: readonly string[]])[];
  };
  /** Somebody changed what may be told of them (`server/account/settings.ts`). */
  settings: { readonly user: UserId };
}

/** A room, as the rooms of the same document on other servers see it. */
export interface RoomEnd {
  /** Others have committed these sealed entries; they may come twice, late, with gaps or not at all. */
  receive(entries: readonly Uint8Array[]): void;
}

/** A room's link to the rooms of the same document on other servers. */
export interface Link {
  /**
   * From now on this is the room's copy of the document: what it emits as `update`, a sealed entry each, reaches the others.
   * What the copy holds already does not.
   */
  carry(copy: Doc): void;
  /** Text of entries up to this seq was edited or deleted: they must not be found in the fan-out any more. */
  forget(seq: number): void;
  close(): void;
}

export interface FanOut extends AsyncDisposable {
  /** Tells every server, this one included; never throws and never waits. */
  publish<Topic extends keyof Notices>(topic: Topic, notice: Notices[Topic]): void;
  /** Listens to one topic; the returned function stops it. */
  subscribe<Topic extends keyof Notices>(topic: Topic, listener: (notice: Notices[Topic]) => void): () => void;
  /** Links a room with those of the same document elsewhere; one room a document on each server. */
  join(document: DocumentId, room: RoomEnd): Link;
}
