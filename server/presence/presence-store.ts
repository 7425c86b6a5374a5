/**
 * Who is connected, over all servers: each says who is connected to it, and any may ask. What a server said lapses by itself
 * when it is gone without a word. Nothing here is durable, and the store may forget everything at any moment. Every
 * implementation passes the suite in `presence-store.contract.ts`.
 */
import type { UserId } from '../../schema/ids.ts';

export interface PresenceStore extends AsyncDisposable {
  /**
   * People who have a connection to this server now, and people who have none any more. False when what was said before is
   * not there any more: then nothing is, until `replace`.
   */
  change(people: { readonly arrived: readonly UserId[]; readonly left: readonly UserId[] }): Promise<boolean>;
  /** Says anew who is connected to this server, whatever was said before. A server begins with it. */
  replace(people: readonly UserId[]): Promise<void>;
  /** This server lives; the next call must come within `LAPSE_MS`. False as with `change`. */
  refresh(): Promise<boolean>;
  /** Which of these people are connected to any server. */
  findOnline(people: readonly UserId[]): Promise<ReadonlySet<UserId>>;
}

/** A server that was not heard for so long is gone: three refreshes, so that a slow one does not make its people blink. */
export const LAPSE_MS = 30_000;

/**
 * What a server said outlives its orderly end by this much, in which its people are expected on another one. Also how long
 * somebody without a connection still counts as online: a page that is loaded again needs a second or two, a phone that
 * changes networks some more.
 */
export const GRACE_MS = 8_000;
