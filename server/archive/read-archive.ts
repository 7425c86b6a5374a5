/**
 * Reads an archive file by file and believes nothing in it that can be checked: checksums, shapes, and that lines and documents say
 * the same. It holds the zip and one epoch in memory.
 */
import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { unzipSync } from 'fflate';
import * as decoding from 'lib0/decoding';
import * as Y from 'yjs';
import type { z } from 'zod';
import {
  BY_RETENTION,
  type Element,
  isMessage,
  MESSAGES,
  type Message,
  RECEIPTS,
} from '../../schema/document/message.ts';
import {
  foldReactions,
  isSoundReaction,
  parseReactionKey,
  REACTIONS,
  type Reaction,
} from '../../schema/document/reactions.ts';
import {
  ACCOUNT_FILE,
  ArchivedAccount,
  ArchivedConversation,
  ArchiveManifest,
  blobFile,
  conversationFile,
  epochFile,
  MANIFEST_FILE,
  pictureFile,
} from '../../schema/export/archive.ts';
import { ExportedMessage } from '../../schema/http/export.ts';
import { type ConversationId, documentId, type MessageId, parseMessageId } from '../../schema/ids.ts';
import { isTooLong, MAX_PICTURE_BYTES } from '../../schema/limits.ts';
import { type PictureType, pictureType } from '../account/picture-format.ts';
import { pictureId, type Shown } from '../account/pictures.ts';
import { foldState } from '../journal/fold-state.ts';

/** The archive cannot be what a server wrote. */
export class BrokenArchive extends Error {
  constructor(detail: string) {
    super(`The archive is broken: ${detail}`);
    this.name = 'BrokenArchive';
  }
}

export interface ReadEpoch {
  readonly epoch: number;
  readonly head: number;
  readonly state: Uint8Array;
  readonly writers: readonly (readonly [number, string | null])[];
  readonly messages: readonly ExportedMessage[];
}

export class Archive {
  readonly #zip: Uint8Array;
  readonly #sums: ReadonlyMap<string, string>;
  readonly account: ArchivedAccount;

  /** Throws `BrokenArchive`. */
  constructor(zip: Uint8Array) {
    this.#zip = zip;
    const manifest = parse(ArchiveManifest, MANIFEST_FILE, this.#unzip(MANIFEST_FILE));
    this.#sums = new Map(manifest.files.map(({ path, sha256 }) => [path, sha256]));
    this.account = parse(ArchivedAccount, ACCOUNT_FILE, this.#read(ACCOUNT_FILE));
  }

  /** Undefined for one that was deleted while the archive was written. */
  findConversation(id: string): ArchivedConversation | undefined {
    const path = conversationFile(id);
    if (!this.#sums.has(path)) return undefined;
    const conversation = parse(ArchivedConversation, path, this.#read(path));
    if (conversation.id !== id) throw new BrokenArchive(`${path} is of ${conversation.id}`);
    const people = new Set(conversation.people.map((person) => person.id));
    const members = new Set(conversation.members.map((member) => member.id));
    const isSound =
      people.size === conversation.people.length &&
      members.size === conversation.members.length &&
      [...members, ...(conversation.pins ?? []).map(({ by }) => by)].every((person) => people.has(person)) &&
      (conversation.kind === 'group' ||
        (members.size === 2 && conversation.title === null && conversation.description === undefined));
    if (!isSound) throw new BrokenArchive(`${path} names people who cannot be`);
    return conversation;
  }

  /** Undefined when it is not in the archive. */
  findBlob(file: string): Uint8Array | undefined {
    const path = blobFile(file);
    return this.#sums.has(path) ? this.#read(path) : undefined;
  }

  /** The picture of a person or group; undefined when it is not in the archive. */
  findPicture(picture: string, shown: Shown): { readonly bytes: Buffer; readonly type: PictureType } | undefined {
    const path = pictureFile(picture);
    if (!this.#sums.has(path)) return undefined;
    const bytes = Buffer.from(this.#read(path));
    const type = bytes.length <= MAX_PICTURE_BYTES ? pictureType(bytes) : undefined;
    if (!type) throw new BrokenArchive(`${path} is no picture`);
    if (pictureId(shown, bytes) !== picture) throw new BrokenArchive(`${path} shows somebody else`);
    return { bytes, type };
  }

  *epochs({ id, epochs, people }: ArchivedConversation): Generator<ReadEpoch> {
    const known = new Set(people.map((person) => person.id));
    // Of all epochs: a late message stands in a later one than its writer.
    const bound = new Map(epochs.flatMap(({ writers }) => writers));
    for (const [epoch, { head, writers }] of epochs.entries()) {
      const path = epochFile(id, epoch, 'yjs');
      const state = stateIn(this.#read(path), documentId(id as ConversationId, epoch), path);
      const messages = linesIn(this.#read(epochFile(id, epoch, 'ndjson')), epochFile(id, epoch, 'ndjson'));
      const read = { epoch, head, state, writers, messages };
      requireSound(read, { conversation: id, path, known, bound });
      yield read;
    }
  }

  #read(path: string): Uint8Array {
    const bytes = this.#unzip(path);
    const sum = createHash('sha256').update(bytes).digest('hex');
    if (sum !== this.#sums.get(path)) throw new BrokenArchive(`the checksum of ${path} is not that of the manifest`);
    return bytes;
  }

  #unzip(path: string): Uint8Array {
    let found: Uint8Array | undefined;
    try {
      found = unzipSync(this.#zip, { filter: ({ name }) => name === path })[path];
    } catch (error) {
      throw new BrokenArchive(`${path} cannot be unpacked (${(error as Error).message})`);
    }
    if (!found) throw new BrokenArchive(`there is no ${path}`);
    return found;
  }
}

function parse<Schema extends z.ZodType>(schema: Schema, path: string, bytes: Uint8Array): z.infer<Schema> {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw new BrokenArchive(`${path} is no JSON`);
  }
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw new BrokenArchive(`${path}: ${issue?.path.join('.')} ${issue?.message}`);
}

function linesIn(bytes: Uint8Array, path: string): ExportedMessage[] {
  const lines = new TextDecoder().decode(bytes).split('\n');
  if (lines.pop() !== '') throw new BrokenArchive(`the last line of ${path} has no end`);
  return lines.map((line) => parse(ExportedMessage, path, new TextEncoder().encode(line)));
}

function stateIn(bytes: Uint8Array, document: string, path: string): Uint8Array {
  try {
    const decoder = decoding.createDecoder(bytes);
    const name = decoding.readVarString(decoder);
    const state = decoding.readVarUint8Array(decoder);
    if (name === document && !decoding.hasContent(decoder)) return state;
  } catch {
    // Too short: the same as anything else that is none.
  }
  throw new BrokenArchive(`${path} is not ${document}`);
}

interface Surroundings {
  readonly conversation: string;
  readonly path: string;
  readonly known: ReadonlySet<string>;
  readonly bound: ReadonlyMap<number, string | null>;
}

/** Throws unless the document is one that a server could have settled, and the lines say what it says. */
function requireSound(
  { state, messages, writers, head, epoch }: ReadEpoch,
  { conversation, path, known, bound }: Surroundings,
): void {
  const broken = (detail: string) => new BrokenArchive(`${path}: ${detail}`);
  const { elements, readers, reactions } = contentsOf(state, broken);
  for (const element of elements) {
    if (!isMessage(element)) throw broken('there is a marker that no server has settled');
    const writer = parseMessageId(element.id)?.writer;
    if (writer === undefined || bound.get(writer) !== element.from)
      throw broken(`${element.id} is not of ${element.from}`);
    if (!('text' in element)) continue;
    const isEmpty = element.text.length === 0 && !element.files;
    if (isEmpty || isTooLong(element.text) || element.text.includes('\0'))
      throw broken(`${element.id} has no sound text`);
  }
  const said = new Map<string, Message>(foldState(state).messages.map((message) => [message.id, message]));
  if (messages.length !== said.size) throw broken('the lines are more or fewer than its messages');
  for (const [key, reaction] of reactions) {
    const named = parseReactionKey(key);
    const message = named && said.get(named.on);
    const isSound = Array.isArray(reaction?.emoji) && reaction.on === named?.on && isSoundReaction(reaction);
    if (!isSound || !message || !('text' in message)) throw broken(`there is a reaction that no server has settled`);
    if (!known.has(named?.user ?? '')) throw broken(`nobody knows ${named?.user}`);
  }
  const counted = foldReactions(reactions);
  let before = 0;
  for (const { seq, epoch: ofLine, conversation: line, committedAt, readBy, ...content } of messages) {
    const message = said.get(content.id);
    const given = counted.get(content.id as MessageId);
    const written = message && ('text' in message ? message : { ...message, text: null });
    const expected = written && { ...written, ...(given && { reactions: given }) };
    if (!isDeepStrictEqual(content, expected)) throw broken(`the line of ${content.id} says something else`);
    if (ofLine !== epoch || line !== conversation || seq < before || seq > head || !Number.isFinite(committedAt))
      throw broken(`the line of ${content.id} is in a wrong place`);
    before = seq;
    for (const person of [content.from, content.by ?? content.from, ...Object.keys(readBy ?? {})])
      if (!known.has(person) && (person !== content.by || person !== BY_RETENTION))
        throw broken(`nobody knows ${person}`);
  }
  for (const person of [...readers, ...writers.flatMap(([, user]) => user ?? [])])
    if (!known.has(person)) throw broken(`nobody knows ${person}`);
}

function contentsOf(state: Uint8Array, broken: (detail: string) => Error) {
  const doc = new Y.Doc();
  try {
    try {
      Y.applyUpdate(doc, state);
    } catch {
      throw broken('it is no Yjs update');
    }
    if (doc.store.pendingStructs || doc.store.pendingDs) throw broken('a part of it is missing');
    for (const root of doc.share.keys())
      if (root !== MESSAGES && root !== RECEIPTS && root !== REACTIONS) throw broken(`there is no root type ${root}`);
    return {
      elements: doc.getArray<Element>(MESSAGES).toArray(),
      readers: [...doc.getMap(RECEIPTS).keys()],
      reactions: [...doc.getMap<Reaction>(REACTIONS)],
    };
  } finally {
    doc.destroy();
  }
}
