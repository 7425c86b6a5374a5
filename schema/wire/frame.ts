/**
 * Binary frames of the sync protocol, without any knowledge of sockets. On `/sync` a frame is `varUint channel` and a
 * payload; on `/documents/<id>` it is the payload alone. Channel 0 carries control messages, every other channel
 * unchanged y-websocket messages and two of our own. PROTOCOL.md describes the exchanges.
 */
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import type { MessageId } from '../ids.ts';
import { isRefusalKind, type RefusalKind } from '../refusals.ts';

export const SUBPROTOCOL = 'tidewire.v1';
export const CONTROL_CHANNEL = 0;

/** The first varUint of a payload on a document's channel. */
export const PAYLOAD = {
  sync: 0,
  awareness: 1,
  auth: 2,
  queryAwareness: 3,
  acknowledgement: 100,
  refusal: 101,
} as const;
/** The second varUint of a `sync` payload, as in y-protocols. */
export const SYNC = { step1: 0, step2: 1, update: 2 } as const;

/** All elements of `writer` below `clock` are durable, the last of them with entry `seq`. */
export interface Acknowledgement {
  readonly writer: number;
  readonly clock: number;
  readonly seq: number;
}

/** `ids` are the Yjs ids of the refused elements, markers included. */
export interface RefusalNotice {
  readonly ids: readonly MessageId[];
  readonly kind: RefusalKind;
  readonly detail?: string;
}

/** Written by hand: every update that is sent passes here. */
export function encodeSync(type: (typeof SYNC)[keyof typeof SYNC], bytes: Uint8Array): Uint8Array {
  let prefix = 3;
  for (let rest = bytes.length; rest > 0x7f; rest >>>= 7) prefix++;
  const payload = new Uint8Array(prefix + bytes.length);
  payload[0] = PAYLOAD.sync;
  payload[1] = type;
  let offset = 2;
  let length = bytes.length;
  for (; length > 0x7f; length >>>= 7) payload[offset++] = 0x80 | (length & 0x7f);
  payload[offset] = length;
  payload.set(bytes, prefix);
  return payload;
}

export function encodeAcknowledgement({ writer, clock, seq }: Acknowledgement): Uint8Array {
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, PAYLOAD.acknowledgement);
  encoding.writeVarUint(encoder, writer);
  encoding.writeVarUint(encoder, clock);
  encoding.writeVarUint(encoder, seq);
  return encoding.toUint8Array(encoder);
}

export function encodeRefusal(notice: RefusalNotice): Uint8Array {
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, PAYLOAD.refusal);
  encoding.writeVarString(encoder, JSON.stringify(notice));
  return encoding.toUint8Array(encoder);
}

/** An awareness message about nobody: what keeps a y-websocket client, which gives up after 30 s of silence, connected. */
export const KEEP_ALIVE: Uint8Array = Uint8Array.of(PAYLOAD.awareness, 1, 0);

/** Reads the rest of an acknowledgement after its type. Throws when truncated. */
export const readAcknowledgement = (decoder: decoding.Decoder): Acknowledgement => ({
  writer: decoding.readVarUint(decoder),
  clock: decoding.readVarUint(decoder),
  seq: decoding.readVarUint(decoder),
});

/** Reads the rest of a refusal after its type. Throws when malformed or of an unknown kind. */
export function readRefusal(decoder: decoding.Decoder): RefusalNotice {
  const notice = JSON.parse(decoding.readVarString(decoder)) as RefusalNotice;
  if (!Array.isArray(notice.ids) || !isRefusalKind(notice.kind))
    throw new Error(`Unknown refusal: ${String(notice.kind)}`);
  return notice;
}

/** Prepends the channel number. */
export function encodeFrame(channel: number, payload: Uint8Array): Uint8Array {
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, channel);
  encoding.writeUint8Array(encoder, payload);
  return encoding.toUint8Array(encoder);
}

/** A control message as a complete frame. */
export function encodeControl(message: object): Uint8Array {
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, CONTROL_CHANNEL);
  encoding.writeVarString(encoder, JSON.stringify(message));
  return encoding.toUint8Array(encoder);
}
