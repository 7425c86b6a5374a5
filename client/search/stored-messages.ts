/**
 * Reads from IndexedDB what this device holds of an account's messages, beside the app that writes there: it creates nothing,
 * changes nothing, and steps aside when a database is to be deleted.
 */
import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import * as Y from 'yjs';
import { type Element, MESSAGES, type Message } from '../../schema/document/message.ts';
import { foldReactions, REACTIONS, type Reaction, type ReactionCount } from '../../schema/document/reactions.ts';
import { foldTimeline } from '../../schema/document/timeline.ts';
import { type MessageId, parseDocumentId } from '../../schema/ids.ts';
import type { AccountSchema } from '../storage/account-store.ts';
import { type DocumentRecord, documentDatabase } from '../storage/records.ts';

/** What y-indexeddb keeps. */
interface DocumentSchema extends DBSchema {
  updates: { key: number; value: Uint8Array };
}

/** The documents of listed conversations, the newest epochs first, and among them those of the liveliest conversations. */
export async function listDocuments(account: string): Promise<DocumentRecord[]> {
  const database = await openExisting<AccountSchema>(account);
  if (!database) return [];
  try {
    const conversations = new Map((await database.getAll('conversations')).map((record) => [record.item.id, record]));
    const placed = (await database.getAll('documents')).flatMap((record) => {
      const place = parseDocumentId(record.document);
      const conversation = place && conversations.get(place.conversation);
      if (!place || !conversation) return [];
      const activeAt = conversation.last?.at ?? conversation.since;
      return [{ record, behind: conversation.item.epoch - place.epoch, activeAt }];
    });
    return placed.sort((a, b) => a.behind - b.behind || b.activeAt - a.activeAt).map(({ record }) => record);
  } finally {
    database.close();
  }
}

/** What a document says now. */
export interface StoredMessages {
  readonly messages: readonly Message[];
  readonly given: ReadonlyMap<MessageId, readonly ReactionCount[]>;
}

/** Nothing when this device has no copy of it. */
export async function readMessages(account: string, record: DocumentRecord): Promise<StoredMessages> {
  const database = await openExisting<DocumentSchema>(documentDatabase(account, record));
  if (!database) return { messages: [], given: new Map() };
  try {
    const doc = new Y.Doc();
    const updates = await database.getAll('updates');
    doc.transact(() => {
      for (const update of updates) Y.applyUpdate(doc, update);
    });
    return {
      messages: foldTimeline(doc.getArray<Element>(MESSAGES).toArray()),
      given: foldReactions(doc.getMap<Reaction>(REACTIONS).entries()),
    };
  } finally {
    database.close();
  }
}

/** Undefined when there is no such database: opening must not make an empty one, which would look like a wiped one. */
async function openExisting<Schema extends DBSchema>(name: string): Promise<IDBPDatabase<Schema> | undefined> {
  try {
    const database = await openDB<Schema>(name, undefined, {
      upgrade(_database, _from, _to, transaction) {
        transaction.done.catch(() => undefined); // its failing is what is wanted
        transaction.abort();
      },
      blocking: () => database.close(),
    });
    return database;
  } catch {
    // Aborted, deleted at this moment or unreadable: there is nothing to find in it now.
    return undefined;
  }
}
