/**
 * What a room asks of its rows. A room without them can do nothing else than ask again, so these answer as soon as the
 * database does, and with undefined once the room is closed.
 */
import type { Pool } from 'pg';
import type { FileId } from '../../schema/document/files.ts';
import type { ConversationId, DocumentId, UserId } from '../../schema/ids.ts';
import { findUploads, type Upload } from '../files/file-rows.ts';
import { findAnswer, type Posted } from '../journal/idempotency.ts';
import { loadDocument, type StoredDocument } from '../journal/load.ts';
import { loadNews, type News } from '../journal/news.ts';
import type { Log } from '../log.ts';
import { patiently } from './patiently.ts';

export interface RowsOptions {
  readonly id: DocumentId;
  readonly pool: Pool;
  readonly log: Log;
  readonly isClosed: () => boolean;
}

export class Rows {
  readonly #options: RowsOptions;

  constructor(options: RowsOptions) {
    this.#options = options;
  }

  load(suspects: readonly number[]): Promise<StoredDocument | undefined> {
    const { pool, id } = this.#options;
    return this.#read(() => loadDocument(pool, id, suspects));
  }

  news(seq: number): Promise<News | undefined> {
    const { pool, id } = this.#options;
    return this.#read(() => loadNews(pool, id, seq));
  }

  head(): Promise<{ head: number; membership: number } | undefined> {
    const { pool, id } = this.#options;
    return this.#read(async () => {
      const { rows } = await pool.query<{ head: number; membership: number }>({
        name: 'document-head',
        text: 'select head, membership from documents where id = $1',
        values: [id],
      });
      return rows[0];
    });
  }

  /** What a message with this idempotency key was answered. */
  answer(user: UserId, key: string): Promise<Posted | undefined> {
    return this.#read(() => findAnswer(this.#options.pool, user, key));
  }

  /** Files that somebody has uploaded for the conversation. Empty once the room is closed. */
  async files(conversation: ConversationId | undefined, ids: readonly FileId[]): Promise<readonly Upload[]> {
    if (!conversation) return [];
    return (await this.#read(() => findUploads(this.#options.pool, conversation, ids))) ?? [];
  }

  /** Whether the user is a member whose account is active. Rejects when the database does not answer: somebody waits. */
  async admits(conversation: ConversationId | undefined, user: UserId): Promise<boolean> {
    const { rowCount } = await this.#options.pool.query({
      name: 'admits',
      text: `select from members m join users u on u.id = m."user"
             where m.conversation = $1 and m."user" = $2 and u.deactivated_at is null`,
      values: [conversation, user],
    });
    return rowCount !== 0;
  }

  #read<Result>(read: () => Promise<Result>): Promise<Result | undefined> {
    const { id, log, isClosed } = this.#options;
    return patiently(read, {
      until: isClosed,
      onFailure: (error, waitMs) =>
        log.warn({ err: error, document: id, waitMs }, 'could not read the document; trying again'),
    });
  }
}
