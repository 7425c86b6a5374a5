/**
 * The files that new messages name. A message may name what its author uploaded for this conversation, once and for ever: the
 * commit makes the file the message's. What is known of a file is looked up when a submission names it; submissions that name
 * none cost nothing. Two of one round that name the same file are told apart here, all others by the commit.
 */
import type { FileId, MessageFile } from '../../schema/document/files.ts';
import type { LiveMessage } from '../../schema/document/message.ts';
import type { UserId } from '../../schema/ids.ts';
import type { RefusalKind } from '../../schema/refusals.ts';
import type { FileClaim, Upload } from '../files/file-rows.ts';

/** Null: there is none that a message could name. Undefined: it is not known yet. */
export type FindFile = (id: FileId) => Upload | null | undefined;

/** Of one submission. */
export class FileClaims {
  readonly #user: UserId;
  readonly #find: FindFile;
  readonly #claimed = new Map<FileId, FileClaim>();

  constructor(user: UserId, find: FindFile) {
    this.#user = user;
    this.#find = find;
  }

  get all(): readonly FileClaim[] {
    return [...this.#claimed.values()];
  }

  /** Claims all files of the message, or none and answers the refusal. */
  take({ id: message, files }: LiveMessage): RefusalKind | undefined {
    if (!files) return undefined;
    if (!files.every((file) => this.#isFree(file))) return 'no-file';
    for (const { id } of files) this.#claimed.set(id, { file: id, user: this.#user, message });
    return undefined;
  }

  #isFree({ id, name, type, size }: MessageFile): boolean {
    const upload = this.#find(id);
    if (!upload || this.#claimed.has(id) || upload.user !== this.#user) return false;
    return upload.name === name && upload.type === type && upload.size === size;
  }
}

/** What a room knows of files, from one look into the rows to the next commit. */
export class KnownFiles {
  readonly #read: (ids: readonly FileId[]) => Promise<readonly Upload[]>;
  readonly #known = new Map<FileId, Upload | null>();
  readonly #wanted = new Set<FileId>();

  /** `read` answers complete uploads that belong to no message yet. */
  constructor(read: (ids: readonly FileId[]) => Promise<readonly Upload[]>) {
    this.#read = read;
  }

  /** What is not known is looked up next time. */
  readonly find: FindFile = (id) => {
    const known = this.#known.get(id);
    if (known === undefined) this.#wanted.add(id);
    return known;
  };

  async lookUp(): Promise<void> {
    if (this.#wanted.size === 0) return;
    const ids = [...this.#wanted];
    const found = new Map((await this.#read(ids)).map((upload) => [upload.id, upload]));
    for (const id of ids) {
      this.#known.set(id, found.get(id) ?? null);
      this.#wanted.delete(id);
    }
  }

  /** They belong to a message of the draft: no other one may name them. */
  claimed(claims: readonly FileClaim[]): void {
    for (const { file } of claims) this.#known.set(file, null);
  }

  /** The rows may say something else now. */
  forget(): void {
    this.#known.clear();
  }
}
