/**
 * Settling in an account document: the inspected update is applied, and a value that is too large, or one too many, is deleted and
 * refused. The server writes nothing of its own there. It also says what must be known outside the document: privacy,
 * notifications, and what was read by somebody who hides it.
 */
import * as Y from 'yjs';
import {
  ACCOUNT_ROOTS,
  type AccountRoot,
  CONVERSATIONS,
  DRAFTS,
  HIDDEN,
  OPEN_PRIVACY,
  type PrivacySettings,
  type PushSettings,
  SETTINGS,
} from '../../schema/document/account.ts';
import { type MessageId, messageId } from '../../schema/ids.ts';
import { MAX_ACCOUNT_BYTES, MAX_ACCOUNT_VALUE_BYTES, MAX_HIDDEN } from '../../schema/limits.ts';
import type { AccountRows } from '../account/account-rows.ts';
import { type PrivateRead, privateReads } from '../account/private-reads.ts';
import { type Muting, mutingsOf, PUSH_KEYS, pushSettingsOf } from '../account/push-settings.ts';
import type { SoundAccountUpdate } from './account-grammar.ts';
import type { AccountValues } from './account-values.ts';
import type { GatedDocument } from './gated-document.ts';

interface SettledAccount {
  /** The net result; undefined when the document knew everything. */
  readonly update: Uint8Array | undefined;
  /** Ids of the values that were too large. */
  readonly refused: readonly MessageId[];
  /** Whether a draft that stands in an earlier entry was overwritten or deleted. */
  readonly erases: boolean;
  readonly rows: AccountRows;
}

/** Throws only on a bug; the room is then dropped unreleased. */
export function settleAccount(
  { bytes }: SoundAccountUpdate,
  { doc, values }: { doc: GatedDocument; values: AccountValues },
): SettledAccount {
  const refused: MessageId[] = [];
  const reads: PrivateRead[] = [];
  const mutings: Muting[] = [];
  let push: PushSettings | undefined;
  let erases = false;
  let privacy: PrivacySettings | undefined;
  if (!bytes) return { update: undefined, refused, erases, rows: { privacy, reads, push, mutings } };
  const update = doc.hold((transaction) => {
    Y.applyUpdate(doc, bytes);
    if (doc.store.pendingStructs || doc.store.pendingDs) throw new Error('An inspected update did not integrate');
    for (const root of ACCOUNT_ROOTS) {
      for (const key of changedKeys(transaction, doc, root)) {
        const { bytes: size, hasReplaced } = values.measure(root, key);
        if (root === DRAFTS && hasReplaced) erases = true;
        const isFull = root === HIDDEN && values.count(HIDDEN) > MAX_HIDDEN;
        if (size <= MAX_ACCOUNT_VALUE_BYTES && values.bytes <= MAX_ACCOUNT_BYTES && !isFull) continue;
        const item = values.itemOf(root, key);
        if (!item || item.id.clock < (transaction.beforeState.get(item.id.client) ?? 0)) continue;
        refused.push(messageId(item.id.client, item.id.clock));
        item.delete(transaction);
        values.measure(root, key);
      }
    }
    if (changedKeys(transaction, doc, SETTINGS).some((key) => Object.hasOwn(OPEN_PRIVACY, key)))
      privacy = privacyOf(doc);
    if (changedKeys(transaction, doc, SETTINGS).some((key) => PUSH_KEYS.includes(key)))
      push = pushSettingsOf((key) => doc.getMap(SETTINGS).get(key));
    for (const key of changedKeys(transaction, doc, CONVERSATIONS)) {
      const value = doc.getMap(CONVERSATIONS).get(key);
      reads.push(...privateReads(key, value));
      mutings.push(...mutingsOf(key, value));
    }
    transaction.local = true;
    // Nothing but new values: what was inspected is what Yjs would encode.
    return transaction.deleteSet.clients.size === 0 ? bytes : undefined;
  });
  return { update, refused, erases, rows: { privacy, reads, push, mutings } };
}

function changedKeys(transaction: Y.Transaction, doc: Y.Doc, root: AccountRoot): string[] {
  const map = doc.getMap(root) as unknown as Parameters<typeof transaction.changed.get>[0];
  return [...(transaction.changed.get(map) ?? [])].filter((key) => key !== null);
}

/** Whatever else stands there, only `false` hides. */
function privacyOf(doc: GatedDocument): PrivacySettings {
  const settings = doc.getMap(SETTINGS);
  const isOn = (key: keyof PrivacySettings): boolean => settings.get(key) !== false;
  return { receipts: isOn('receipts'), presence: isOn('presence'), typing: isOn('typing') };
}
