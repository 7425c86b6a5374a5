/** Inspect and settle without database, commits or sockets: a document, its writers and its members, changed at once. */
import type { FileId } from '../../schema/document/files.ts';
import type { Receipt } from '../../schema/document/receipts.ts';
import type { UserId } from '../../schema/ids.ts';
import type { Upload } from '../files/file-rows.ts';
import { CONVERSATION_GRAMMAR, type SoundMessages } from '../room/conversation-grammar.ts';
import { GatedDocument } from '../room/gated-document.ts';
import { inspect, type Unsound } from '../room/inspect.ts';
import { MessageIndex } from '../room/message-index.ts';
import { type Settled, settle } from '../room/settle.ts';

export interface Submission {
  readonly user: string;
  readonly bytes: Uint8Array;
  /** SyncStep2. */
  readonly isComplete?: boolean;
  readonly canModerate?: boolean;
}

export type Judged = Unsound | ({ readonly is: 'sound' } & Settled);

export class BareRoom {
  readonly doc = new GatedDocument([]);
  readonly index = new MessageIndex(this.doc);
  readonly writers = new Map<number, UserId | null>();
  /** What messages may name, each once. */
  readonly uploads = new Map<FileId, Upload>();
  nowMs = Date.now();

  inspect({ user, bytes, isComplete = false }: Submission): Unsound | { is: 'sound'; update: SoundMessages } {
    const userOf = (writer: number): UserId | null | undefined => this.writers.get(writer);
    return inspect(bytes, { doc: this.doc, grammar: CONVERSATION_GRAMMAR, user: user as UserId, userOf, isComplete });
  }

  submit(submission: Submission): Judged {
    const inspection = this.inspect(submission);
    if (inspection.is !== 'sound') return inspection;
    const user = submission.user as UserId;
    const settled = settle(inspection.update, {
      doc: this.doc,
      index: this.index,
      user,
      canModerate: submission.canModerate ?? false,
      isClosed: false,
      isReadOnly: false,
      findFile: (id) => this.uploads.get(id) ?? null,
      nowMs: this.nowMs,
    });
    for (const writer of inspection.update.unbound) this.writers.set(writer, user);
    this.writers.set(this.doc.clientID, null);
    for (const { file } of settled.claims) this.uploads.delete(file);
    this.doc.release();
    return { is: 'sound', ...settled };
  }

  receipt(user: string): Receipt | undefined {
    return this.doc.receipts.get(user);
  }
}
