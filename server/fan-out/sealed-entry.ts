/**
 * An entry as it travels between servers: the update, and behind it what a server must know to take it in without asking the
 * journal: which entry it is, the writers it binds and whether it closes the epoch. Yjs stops reading at the end of an
 * update, so to Yjs, and to any tool that reads the lists of y-redis, a sealed entry is the update.
 */
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import type { UserId } from '../../schema/ids.ts';

export interface SealedEntry {
  readonly update: Uint8Array;
  readonly seq: number;
  /** null: a server. */
  readonly bindings: readonly { readonly writer: number; readonly user: UserId | null }[];
  /** A later epoch is open since this entry. */
  readonly closes: boolean;
}

/** A server of another version reads the journal instead. */
const VERSION = 1;
/** Of the seal, in the last two bytes. */
const LENGTH_BYTES = 2;

export function sealEntry({ update, seq, bindings, closes }: SealedEntry): Uint8Array {
  const encoder = encoding.createEncoder();
  encoding.writeUint8Array(encoder, update);
  encoding.writeUint8(encoder, VERSION);
  encoding.writeVarUint(encoder, seq);
  encoding.writeUint8(encoder, closes ? 1 : 0);
  encoding.writeVarUint(encoder, bindings.length);
  for (const { writer, user } of bindings) {
    encoding.writeVarUint(encoder, writer);
    encoding.writeVarString(encoder, user ?? '');
  }
  encoding.writeUint16(encoder, encoding.length(encoder) - update.length);
  return encoding.toUint8Array(encoder);
}

/** Undefined when the bytes are no entry that this version has sealed. */
export function openEntry(sealed: Uint8Array): SealedEntry | undefined {
  const end = sealed.length - LENGTH_BYTES;
  if (end < 0) return undefined;
  const length = (sealed[end] as number) | ((sealed[end + 1] as number) << 8);
  const start = end - length;
  if (start < 0) return undefined;
  try {
    const decoder = decoding.createDecoder(sealed.subarray(start, end));
    if (decoding.readUint8(decoder) !== VERSION) return undefined;
    const seq = decoding.readVarUint(decoder);
    const closes = decoding.readUint8(decoder) === 1;
    const bindings = Array.from({ length: decoding.readVarUint(decoder) }, () => ({
      writer: decoding.readVarUint(decoder),
      user: (decoding.readVarString(decoder) || null) as UserId | null,
    }));
    if (decoding.hasContent(decoder)) return undefined;
    return { update: sealed.subarray(0, start), seq, bindings, closes };
  } catch {
    // Too short for what it claims to hold: the journal has the entry.
    return undefined;
  }
}
