/** What must be true of devices and timeline once a run has come to rest. */
import { isDeleted } from '../../schema/document/message.ts';
import { covers, NO_RECEIPT } from '../../schema/document/receipts.ts';
import type { MessageId } from '../../schema/ids.ts';
import { Ledger, type Typed, Violation, type WishedDeletion, type WishedReaction } from './ledger.ts';
import { contentOf } from './truth.ts';
import type { World } from './world.ts';

export function requireOutcome(world: World): void {
  requireEqualReplicas(world);
  for (const typed of world.ledger.typed) requireTyped(world, typed);
  for (const deletion of world.ledger.deletions) requireDeletion(world, deletion);
  requireReactions(world);
  requirePosts(world);
  requireReceipts(world);
}

/** P7: everybody who is connected has the same document, and nothing is left to say. */
function requireEqualReplicas({ tabs, truth, members }: World): void {
  const expected = contentOf(truth.doc);
  for (const { name, doc, link, home, user, isSynced } of tabs) {
    if (!members.has(user)) continue;
    if (!link || !isSynced) throw new Violation(`[P7] ${name} is not connected in the end`);
    if (doc.store.pendingStructs || doc.store.pendingDs)
      throw new Violation(`[P7] ${name} waits for something that never comes`);
    const content = contentOf(doc);
    if (content !== expected)
      throw new Violation(`[P7] ${name} shows something else:\n${content}\nthan the server:\n${expected}`);
    const [unsent] = home.outbox.records;
    if (unsent) throw new Violation(`[P3] ${unsent.id} on ${name} was never acknowledged nor refused`);
    if (link.unjudgedBytes !== 0)
      throw new Violation(`${link.unjudgedBytes} bytes of ${link.name} were never called done`);
  }
}

/** P3: in the timeline, or failed for a reason, or changed later by a request that was valid. */
function requireTyped(world: World, typed: Typed): void {
  const { fate, text } = typed;
  const what = `${typed.is} ${typed.id} "${Ledger.token(text)}" of ${typed.user}`;
  if (typed.fault && fate.is === 'done' && !wasReplaced(world, typed))
    throw new Violation(`[P3] ${what} is ${typed.fault}, but was acknowledged`);
  if (fate.is === 'failed') return requireReason(world, typed, what);
  if (fate.is === 'waiting') {
    if (world.members.has(typed.user) || !world.ledger.removed.has(typed.user))
      throw new Violation(`[P3] ${what} has no fate`);
    return;
  }
  if (fate.is === 'unknown') return;
  if (typed.is === 'message') {
    const row = world.truth.rows.get(typed.id as MessageId);
    if (!row) throw new Violation(`[P3] ${what} was acknowledged, but is lost`);
    if (!isDeleted(row) && row.text !== text && row.editedAt === undefined)
      throw new Violation(`[P3] ${what} has another text`);
    return;
  }
  const row = world.truth.rows.get(typed.target);
  if (!row) throw new Violation(`[P3] ${what} was acknowledged, but its message is lost`);
  const tookEffect = world.truth.audit.texts.get(typed.target)?.includes(text);
  if (!tookEffect && !wasReplaced(world, typed))
    throw new Violation(`[P3] ${what} was acknowledged, but had no effect`);
}

/** Whether the message was deleted since, or edited once more by the same person: then the typed text was given up. */
function wasReplaced({ truth, ledger }: World, typed: Typed): boolean {
  if (typed.is !== 'edit') return false;
  const row = truth.rows.get(typed.target);
  if (row && isDeleted(row)) return true;
  const { typed: all } = ledger;
  return all.slice(all.indexOf(typed) + 1).some((other) => other.is === 'edit' && other.target === typed.target);
}

function requireReason(world: World, typed: Typed, what: string): void {
  const { truth, ledger, members } = world;
  const { fate, fault, user } = typed;
  if (fate.is !== 'failed') return;
  const why = `${what} failed as ${fate.kind}`;
  const mayBeRemoved = ledger.removed.has(user) || !members.has(user) || ledger.isExcused(typed.id);
  if (typed.is === 'message') {
    if (truth.rows.has(typed.id as MessageId)) throw new Violation(`[P3] ${why}, but is in the timeline`);
    if (fault ? fate.kind !== fault && fate.kind !== 'rejected' : !mayBeRemoved)
      throw new Violation(`[P3] ${why} without a reason`);
    return;
  }
  const row = truth.rows.get(typed.target);
  if (row && !isDeleted(row) && row.text === typed.text) throw new Violation(`[P3] ${why}, but took effect`);
  // The device that was told nothing cannot see an effect that a later edit has hidden.
  const isHidden = fate.kind === 'rejected' && row && !isDeleted(row) && row.editedAt !== undefined;
  const isReasonable = fault || mayBeRemoved || isHidden || !row || isDeleted(row) || row.from !== user;
  if (!isReasonable) throw new Violation(`[P3] ${why} without a reason`);
}

function requireDeletion({ truth, ledger }: World, { fate, target, user, id }: WishedDeletion): void {
  const row = truth.rows.get(target);
  if (!row || row.from !== user || ledger.removed.has(user) || (id && ledger.isExcused(id) && fate.is === 'failed'))
    return;
  if (fate.is === 'failed')
    throw new Violation(`[P4] the deletion ${id} of ${target} by its author ${user} failed as ${fate.kind}`);
  if (!isDeleted(row)) throw new Violation(`[P4] ${user} deleted ${target} (${id}), but it is there: ${row.text}`);
}

/** P3: of a message that can be read everybody's reaction is one that they wished last somewhere, whatever became of their devices. */
function requireReactions({ truth, ledger }: World): void {
  for (const [key, wished] of ledger.reactions) {
    const wishes = [...wished.values()];
    const [{ user, reaction }] = wishes as [WishedReaction];
    const row = truth.rows.get(reaction.on);
    if (!row || isDeleted(row) || ledger.removed.has(user)) continue;
    const stands = truth.reactions.get(key)?.emoji;
    if (!wishes.some((wish) => JSON.stringify(wish.reaction.emoji) === JSON.stringify(stands)))
      throw new Violation(`[P3] ${key} is ${stands}, which is none of ${wishes.map((wish) => wish.reaction.emoji)}`);
  }
}

/** A post that was answered is there once, whatever was repeated; a refused one is not. */
function requirePosts({ posts, truth }: World): void {
  for (const { typed, key, result } of posts) {
    if (!result) throw new Violation(`[P3] the post ${key} was never answered`);
    if (!result.ok) {
      if (typed.id) throw new Violation(`[P3] the post ${key} was refused (${result.kind}), but is ${typed.id}`);
    } else {
      if (!truth.rows.has(result.id))
        throw new Violation(`[P3] the post ${key} was answered ${result.id}, which is lost`);
      if (typed.id && typed.id !== result.id)
        throw new Violation(`[P3] the post ${key} was answered ${result.id}, but is ${typed.id}`);
      if (truth.audit.seqOf.get(result.id) !== result.seq) {
        throw new Violation(
          `[P1] the post ${key} was answered entry ${result.seq}, but came with ${truth.audit.seqOf.get(result.id)}`,
        );
      }
    }
  }
}

/** Everybody who has a device has received everything: the ticks of all senders say so. */
function requireReceipts({ truth, members, browsers }: World): void {
  for (const user of members.keys()) {
    if (!browsers.some((browser) => browser.user === user)) continue;
    const { d, r } = truth.receipts.get(user) ?? NO_RECEIPT;
    for (const { id, from } of truth.rows.values()) {
      if (from !== user && !covers(d, id))
        throw new Violation(`[P7] ${user} has ${id}, but never counts as having received it`);
      if (from !== user && covers(r, id) && !covers(d, id))
        throw new Violation(`[P7] ${user} has read ${id}, but not received it`);
    }
  }
}
