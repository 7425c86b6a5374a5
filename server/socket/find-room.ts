/** Opening a document for a user: its room, or the close code that says why not. */
import { CLOSE } from '../../schema/close-codes.ts';
import { type DocumentId, parseAccountId, parseDocumentId, type UserId } from '../../schema/ids.ts';
import type { Room } from '../room/room.ts';
import type { Rooms } from '../room/rooms.ts';

export interface FindRoomOptions {
  readonly rooms: Rooms;
  readonly document: string;
  readonly user: UserId;
  /** The generation of the client's copy; undefined when it has none. */
  readonly generation?: string | undefined;
}

export type FoundRoom =
  | { readonly ok: true; readonly room: Room }
  | { readonly ok: false; readonly code: number; readonly reason: string };

/** Never rejects. */
export async function findRoom({ rooms, document, user, generation }: FindRoomOptions): Promise<FoundRoom> {
  const owner = parseAccountId(document);
  if (owner !== undefined && owner !== user)
    return { ok: false, code: CLOSE.notMember, reason: 'the account of somebody else' };
  if (!owner && !parseDocumentId(document)) return { ok: false, code: CLOSE.noDocument, reason: 'no such document' };
  let room: Room | undefined;
  let isAdmitted: boolean;
  try {
    room = await rooms.open(document as DocumentId);
    isAdmitted = (await room?.admits(user)) ?? false;
  } catch {
    // The registry has logged why, unless Postgres went away just now; to this client it is only "later".
    return { ok: false, code: CLOSE.failure, reason: 'the document cannot be opened now; try again' };
  }
  if (!room) return { ok: false, code: CLOSE.noDocument, reason: 'no such document' };
  if (!isAdmitted) return { ok: false, code: CLOSE.notMember, reason: 'not a member of this conversation' };
  if (generation !== undefined && generation !== room.document.generation) {
    return {
      ok: false,
      code: CLOSE.generation,
      reason: 'the document was restored: drop the local copy, keep unsent text',
    };
  }
  return { ok: true, room };
}
