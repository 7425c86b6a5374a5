/**
 * Outgoing WebSocket frames, made by hand so that a broadcast is framed once and every socket is handed the same bytes
 * (RFC 6455, section 5.2: unmasked, unfragmented, binary). Incoming frames are the business of `ws`.
 */
const BINARY = 0x82;

/** Concatenates payloads as frames; on a shared connection each payload is preceded by its channel number. */
export function frameAll(payloads: readonly Uint8Array[], channel: number | undefined): Uint8Array {
  const prefixBytes = channel === undefined ? 0 : varUintBytes(channel);
  let size = 0;
  for (const { length } of payloads) size += headerBytes(prefixBytes + length) + prefixBytes + length;
  // Not from Node's pool: who reads slowly would keep the frames of everybody beside its own.
  const out = new Uint8Array(size);
  let offset = 0;
  for (const payload of payloads) {
    offset = writeHeader(out, offset, prefixBytes + payload.length);
    if (channel !== undefined) offset = writeVarUint(out, offset, channel);
    out.set(payload, offset);
    offset += payload.length;
  }
  return out;
}

const headerBytes = (length: number): number => (length < 126 ? 2 : length < 65_536 ? 4 : 10);

function writeHeader(out: Uint8Array, offset: number, length: number): number {
  out[offset] = BINARY;
  if (length < 126) {
    out[offset + 1] = length;
    return offset + 2;
  }
  const view = new DataView(out.buffer, out.byteOffset);
  if (length < 65_536) {
    out[offset + 1] = 126;
    view.setUint16(offset + 2, length);
    return offset + 4;
  }
  out[offset + 1] = 127;
  view.setBigUint64(offset + 2, BigInt(length));
  return offset + 10;
}

/** As lib0 writes it: seven bits a byte, the lowest first. */
function writeVarUint(out: Uint8Array, offset: number, number: number): number {
  let rest = number;
  let at = offset;
  while (rest > 0x7f) {
    out[at++] = 0x80 | (rest % 0x80);
    rest = Math.floor(rest / 0x80);
  }
  out[at++] = rest;
  return at;
}

function varUintBytes(number: number): number {
  let bytes = 1;
  for (let rest = number; rest > 0x7f; rest = Math.floor(rest / 0x80)) bytes++;
  return bytes;
}
