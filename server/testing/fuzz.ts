/**
 * One round of the fuzzer on a bare room: an honest session, then a damaged update, then honest life again. Throws on
 * anything that must never happen: an exception, a change of what others wrote, replicas that differ, a document that no
 * honest client could have.
 */
import { ok, deepStrictEqual as same } from 'node:assert/strict';
import fc from 'fast-check';
import * as Y from 'yjs';
import { type FileId, isVoiceDuration, isVoicePeaks } from '../../schema/document/files.ts';
import { isDelete, isDeleted, isEdit, isMessage } from '../../schema/document/message.ts';
import { isSoundReaction, parseReactionKey } from '../../schema/document/reactions.ts';
import { parseMessageId } from '../../schema/ids.ts';
import { GatedDocument } from '../room/gated-document.ts';
import { MessageIndex } from '../room/message-index.ts';
import { BareRoom, type Judged } from './bare-room.ts';
import { type Mutation, mutate, mutationArbitrary, type Surroundings } from './mutations.ts';
import type { Id } from './raw-update.ts';
import { ATTACKER, SessionDevice, type Step, stepsArbitrary, USERS, writersArbitrary } from './session.ts';

export interface FuzzCase {
  readonly writers: readonly number[];
  readonly session: readonly Step[];
  readonly pending: readonly Step[];
  readonly attempts: readonly Attempt[];
  readonly isModerator: boolean;
}

/** What is damaged: something of everything, or of what the server lacks, of the attacker's device or of another one. */
interface Attempt {
  readonly mutations: readonly Mutation[];
  readonly of: number;
  readonly isWhole: boolean;
  readonly isComplete: boolean;
}

const attemptArbitrary: fc.Arbitrary<Attempt> = fc.record({
  mutations: fc.array(mutationArbitrary, { maxLength: 4 }),
  of: fc.constantFrom(ATTACKER, ATTACKER, ATTACKER, 0, 2),
  isWhole: fc.boolean(),
  isComplete: fc.boolean(),
});

export const fuzzCaseArbitrary: fc.Arbitrary<FuzzCase> = fc.record({
  writers: writersArbitrary,
  session: stepsArbitrary(30),
  pending: stepsArbitrary(6),
  attempts: fc.array(attemptArbitrary, { minLength: 1, maxLength: 30 }),
  isModerator: fc.boolean(),
});

/** How many rounds ended how: a fuzzer whose every update is refused at the first byte proves nothing. */
export type Verdicts = Record<Judged['is'], number>;

export const noVerdicts = (): Verdicts => ({ sound: 0, gap: 0, hostile: 0, malformed: 0 });

const NOW_MS = 1.7e12;

export function runFuzzCase(fuzzCase: FuzzCase, verdicts: Verdicts): void {
  const { writers, session, pending, attempts, isModerator } = fuzzCase;
  const room = new BareRoom();
  room.nowMs = NOW_MS;
  room.doc.clientID = writers[5] as number;
  const replica = new Y.Doc();
  const devices = USERS.map((user, index) => new SessionDevice(user, writers[index] as number, room.uploads));
  const send = (device: SessionDevice, expected: 'sound' | 'any' = 'sound'): Judged => {
    const bytes = Y.encodeStateAsUpdate(device.doc, Y.encodeStateVector(room.doc));
    const judged = submit(room, replica, { user: device.user, bytes, isComplete: true });
    if (expected === 'sound') same(judged.is, 'sound', `an honest update was judged ${JSON.stringify(judged)}`);
    Y.applyUpdate(device.doc, Y.encodeStateAsUpdate(room.doc, Y.encodeStateVector(device.doc)));
    return judged;
  };
  // A writer is known to others by what it wrote, and bound by then: nobody can claim one that has written nothing.
  for (const device of devices) {
    device.do({ device: 0, does: 'say', on: 0 }, room.nowMs);
    send(device);
  }
  for (const step of session) {
    const device = devices[step.device] as SessionDevice;
    if (step.does === 'sync') send(device);
    else device.do(step, room.nowMs++);
  }
  requireConsistent(room, replica);

  const eve = devices[ATTACKER] as SessionDevice;
  for (const step of pending) if (step.does !== 'sync') eve.do(step, room.nowMs++);
  for (const { mutations, of, isWhole, isComplete } of attempts) {
    const { doc } = devices[of] as SessionDevice;
    const honest = Y.encodeStateAsUpdate(doc, isWhole ? undefined : Y.encodeStateVector(room.doc));
    const bytes = mutate(honest, mutations, surroundingsOf(room, devices));
    const others = othersOf(room, isModerator);
    const before = Y.encodeStateAsUpdate(room.doc);
    const judged = submit(room, replica, { user: 'eve', bytes, isComplete, canModerate: isModerator });
    verdicts[judged.is]++;
    if (judged.is !== 'sound') same(Y.encodeStateAsUpdate(room.doc), before);
    else if (judged.update) {
      same(othersOf(room, isModerator), others, 'what others wrote has changed');
      requireConsistent(room, replica);
    }
  }

  // Whatever eve sent, honest people go on, and everything they had written offline is taken.
  for (const device of devices.slice(0, ATTACKER)) {
    device.do({ device: 0, does: 'say', on: 1 }, room.nowMs);
    const settled = send(device);
    ok(settled.is === 'sound');
  }
  requireConsistent(room, replica);
  requireLoadable(room);
  for (const device of devices.slice(0, ATTACKER)) {
    Y.applyUpdate(device.doc, Y.encodeStateAsUpdate(room.doc));
    same(device.messages.toJSON(), room.doc.messages.toJSON());
  }
}

function submit(room: BareRoom, replica: Y.Doc, submission: Parameters<BareRoom['submit']>[0]): Judged {
  const judged = room.submit(submission);
  if (judged.is === 'sound' && judged.update) Y.applyUpdate(replica, judged.update);
  return judged;
}

/** What nobody but its author, or who moderates, may change. */
function othersOf(room: BareRoom, isModerator: boolean): unknown {
  const messages = room.doc.messages.toArray().filter((element) => isMessage(element) && element.from !== 'eve');
  const { eve: _, ...receipts } = room.doc.receipts.toJSON();
  // Who deletes a message takes along what others gave it.
  const given = [...(room.doc.reactions?.entries() ?? [])].filter(
    ([key, { on }]) => !key.startsWith('eve/') && messages.some((element) => isMessage(element) && element.id === on),
  );
  const reactions = isModerator ? [] : given.sort(([a], [b]) => (a < b ? -1 : 1));
  // A moderator deletes: the ids and authors stay.
  const kept = isModerator ? messages.map((element) => [isMessage(element) && element.id, element.from]) : messages;
  return { kept, receipts, reactions };
}

function requireConsistent(room: BareRoom, replica: Y.Doc): void {
  const { doc, writers } = room;
  same([...doc.share.keys()].filter((root) => root !== 'reactions').sort(), ['messages', 'receipts']);
  same(replica.getMap('reactions').toJSON(), doc.reactions?.toJSON() ?? {});
  same(replica.getArray('messages').toJSON(), doc.messages.toJSON());
  same(replica.getMap('receipts').toJSON(), doc.receipts.toJSON());
  same(Y.decodeStateVector(Y.encodeStateVector(replica)), Y.decodeStateVector(Y.encodeStateVector(doc)));
  same([replica.store.pendingStructs, replica.store.pendingDs], [null, null]);
  const ids = new Set<string>();
  const files = new Set<FileId>();
  for (const element of doc.messages) {
    ok(!isEdit(element) && !isDelete(element), 'a marker was left');
    const id = parseMessageId(element.id);
    same(id && writers.get(id.writer), element.from, 'a message under a writer of somebody else');
    ok(!ids.has(element.id), 'an id stands twice');
    ids.add(element.id);
    same(room.index.find(element.id)?.message, element);
    for (const { id: file, type, duration, peaks } of isDeleted(element) ? [] : (element.files ?? [])) {
      ok(!files.has(file), 'a file stands in two messages');
      files.add(file);
      ok(!room.uploads.has(file), 'a message names a file that it did not take');
      if (duration === undefined && peaks === undefined) continue;
      ok(
        isVoiceDuration(Number(duration)) && isVoicePeaks(`${peaks}`) && type.startsWith('audio/'),
        'no voice message',
      );
    }
  }
  for (const [key, reaction] of doc.reactions?.entries() ?? []) {
    const named = parseReactionKey(key);
    ok(named && USERS.includes(named.user as 'ana') && named.on === reaction.on, `a reaction under ${key}`);
    ok(isSoundReaction(reaction), `a reaction of ${reaction.emoji}`);
    const message = room.index.find(reaction.on)?.message;
    ok(message && !isDeleted(message), `a reaction to ${reaction.on}, which is not there`);
  }
  for (const key of doc.receipts.keys()) ok(USERS.includes(key as 'ana'), `a receipt of ${key}`);
}

/** Loaded again, it is the same document. */
function requireLoadable({ doc }: BareRoom): void {
  const reloaded = new GatedDocument([Y.encodeStateAsUpdate(doc)]);
  same(reloaded.messages.toJSON(), doc.messages.toJSON());
  const index = new MessageIndex(reloaded);
  for (const element of doc.messages) if (isMessage(element)) same(index.find(element.id)?.message, element);
}

function surroundingsOf(room: BareRoom, devices: readonly SessionDevice[]): Surroundings {
  const clients = [...room.doc.store.clients.keys(), 7, 2 ** 32];
  const ids = clients.flatMap((client) => {
    const state = Y.getState(room.doc.store, client);
    return [0, state - 1, state, state + 1, state >> 1]
      .filter((clock) => clock >= 0)
      .map((clock): Id => [client, clock]);
  });
  const others = devices.map(({ doc }) => Y.encodeStateAsUpdate(doc));
  return { clients, ids, users: USERS, others };
}
