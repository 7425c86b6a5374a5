/**
 * What must be true of a conversation when a fault is over: every device shows the same, which is what the journal replays to
 * and what the rows say; whatever was typed is there once, changed only by what somebody wished, or failed with its text.
 */
import * as Y from 'yjs';
import { type Element, isDeleted, MESSAGES, type Message, RECEIPTS } from '../../../schema/document/message.ts';
import { foldTimeline } from '../../../schema/document/timeline.ts';
import type { ConversationId, DocumentId, MessageId } from '../../../schema/ids.ts';
import type { Pool } from '../../../server/database/pool.ts';
import { loadDocument } from '../../../server/journal/load.ts';
import { firstTextOf, type Intentions, type Participant } from './participant.ts';

/** A promise that is not kept, or not yet. */
export class Broken extends Error {
  override readonly name = 'Broken';
}

export interface Outcome {
  readonly pool: Pool;
  readonly conversation: ConversationId;
  readonly participants: readonly Participant[];
  readonly intentions: Intentions;
}

/** Throws `Broken` while there is something left to wait for, and for ever if a promise was broken. */
export async function requireOutcome(outcome: Outcome): Promise<void> {
  requireConnected(outcome);
  const { messages: truth, receipts } = await replay(outcome);
  requireReplicas(outcome, truth);
  requireSettled(outcome, receipts);
  requireIntentions(outcome, truth);
  await requireRows(outcome, truth);
}

function requireConnected({ participants }: Outcome): void {
  for (const { name, isSettled, connection } of participants)
    if (!isSettled) throw new Broken(`${name} is not connected and done, but ${connection}`);
}

function requireSettled({ participants }: Outcome, receipts: string): void {
  for (const { name, timeline } of participants) {
    for (const { own, delivery, pending, message } of timeline.rows) {
      if (pending) throw new Broken(`[P3] a change of ${message.id} on ${name} waits for the server`);
      if (own && delivery !== 'delivered' && delivery !== 'read')
        throw new Broken(`[P7] ${message.id} on ${name} is ${delivery}, although everybody has it: ${receipts}`);
    }
  }
}

/** All documents of the chain, from snapshots and entries. A journal with a hole throws. */
async function replay({ pool, conversation }: Outcome): Promise<{ messages: readonly Message[]; receipts: string }> {
  const { rows } = await pool.query<{ id: DocumentId }>(
    'select id from documents where conversation = $1 order by epoch',
    [conversation],
  );
  const elements: Element[] = [];
  const receipts: object[] = [];
  for (const { id } of rows) {
    const stored = await loadDocument(pool, id);
    const doc = new Y.Doc();
    if (stored?.state) Y.applyUpdate(doc, stored.state);
    for (const entry of stored?.entries ?? []) Y.applyUpdate(doc, entry);
    if (doc.store.pendingStructs || doc.store.pendingDs)
      throw new Broken(`[P1] the journal of ${id} builds on something that is not in it`);
    elements.push(...doc.getArray<Element>(MESSAGES).toArray());
    receipts.push(doc.getMap(RECEIPTS).toJSON());
  }
  const messages = foldTimeline(elements);
  if (messages.length !== elements.length)
    throw new Broken(`[P3] ${elements.length} elements are ${messages.length} messages`);
  return { messages, receipts: JSON.stringify(receipts) };
}

const shown = (message: Message): string =>
  `${message.id} ${message.from} ${isDeleted(message) ? '†' : `${message.text} ${message.editedAt ?? ''}`}`;

function requireReplicas({ participants }: Outcome, truth: readonly Message[]): void {
  const expected = truth.map(shown).join('\n');
  for (const { name, messages } of participants) {
    const actual = messages.map(shown).join('\n');
    if (actual !== expected)
      throw new Broken(`[P7] ${name} shows\n${actual}\n, but the journal replays to\n${expected}`);
  }
}

function requireIntentions(outcome: Outcome, truth: readonly Message[]): void {
  const { intentions, participants } = outcome;
  const { messages, edits, deletions } = intentions;
  const byId = new Map(truth.map((message) => [message.id, message]));
  const standing = new Map<string, number>();
  for (const message of truth) {
    if (isDeleted(message)) {
      if (!deletions.has(message.id)) throw new Broken(`[P2] nobody deleted ${message.id}`);
      continue;
    }
    const first = firstTextOf(message.text);
    standing.set(first, (standing.get(first) ?? 0) + 1);
    if (deletions.has(message.id)) throw new Broken(`${message.id} was deleted, but is there: ${message.text}`);
  }
  const erased = new Set(deletions.values());
  for (const text of messages) {
    const times = standing.get(text) ?? 0;
    if (times !== (erased.has(text) ? 0 : 1)) throw new Broken(`[P3] "${text}" stands ${times} times`);
  }
  for (const [first] of standing) if (!messages.includes(first)) throw new Broken(`[P2] nobody wrote "${first}"`);

  const failed = new Set<string>();
  for (const { name, timeline } of participants) {
    for (const { text, edit, kind } of timeline.failed) {
      const target = edit && byId.get(edit);
      if (!target || !isDeleted(target)) throw new Broken(`[P3] "${text}" failed as ${kind} on ${name}`);
      failed.add(text);
    }
  }
  // The last edit that each device made of a message, and that did not fail.
  const wanted = new Map<MessageId, Map<string, string>>();
  for (const { device, target, text } of edits) {
    if (!wanted.has(target)) wanted.set(target, new Map());
    wanted.get(target)?.set(device, text);
  }
  for (const [target, byDevice] of wanted) {
    const message = byId.get(target);
    if (!message) throw new Broken(`[P3] ${target} was edited, but is nowhere`);
    if (isDeleted(message)) continue;
    const texts = [...byDevice.values()];
    if (!texts.includes(message.text))
      throw new Broken(`[P3] ${target} is "${message.text}", although somebody wanted ${JSON.stringify(texts)}`);
  }
}

async function requireRows({ pool, conversation }: Outcome, truth: readonly Message[]): Promise<void> {
  const { rows } = await pool.query<{ id: MessageId; body: string | null }>(
    'select id, body from messages where conversation = $1',
    [conversation],
  );
  const bodies = new Map(rows.map(({ id, body }) => [id, body]));
  if (bodies.size !== truth.length) throw new Broken(`[P7] ${bodies.size} rows stand for ${truth.length} messages`);
  for (const message of truth) {
    const text = isDeleted(message) ? null : message.text;
    if (bodies.get(message.id) !== text)
      throw new Broken(`[P7] the row of ${message.id} says ${bodies.get(message.id)}, but the message ${text}`);
  }
}
