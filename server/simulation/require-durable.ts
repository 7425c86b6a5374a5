/** What a server says must be durable at the moment it says it, down to every struct, deletion and clock. */
import * as decoding from 'lib0/decoding';
import * as Y from 'yjs';
import { PAYLOAD, readAcknowledgement, readRefusal, SYNC } from '../../schema/wire/frame.ts';
import { type Ledger, Violation } from './ledger.ts';
import type { Link } from './link.ts';
import type { Truth } from './truth.ts';

/** Throws a `Violation`; `truth` must be as new as the database. */
export function requireDurable(
  link: Link,
  payload: Uint8Array,
  { truth, ledger }: { truth: Truth; ledger: Ledger },
): void {
  const decoder = decoding.createDecoder(payload);
  switch (decoding.readVarUint(decoder)) {
    case PAYLOAD.sync: {
      const type = decoding.readVarUint(decoder);
      const bytes = decoding.readVarUint8Array(decoder);
      if (type === SYNC.step1) requireVector(bytes, truth);
      else requireUpdate(bytes, truth);
      return;
    }
    case PAYLOAD.acknowledgement: {
      const { writer, clock, seq } = readAcknowledgement(decoder);
      if (clock > truth.stateOf(writer)) {
        throw new Violation(
          `[P1] ${link.name} was told that ${writer} is durable up to ${clock}, but it is only up to ${truth.stateOf(writer)}`,
        );
      }
      if (seq > truth.head)
        throw new Violation(`[P1] ${link.name} was told of entry ${seq}; the last is ${truth.head}`);
      const user = ledger.userOf(writer);
      if (user !== undefined && user !== link.user)
        throw new Violation(`[P2] ${link.name} got ${user}'s acknowledgement`);
      return;
    }
    case PAYLOAD.refusal: {
      const { ids, kind } = readRefusal(decoder);
      for (const id of ids) {
        const wish = ledger.byId(id);
        if (ledger.wisherOf(id) !== link.user)
          throw new Violation(`[P3] ${link.name} got a refusal of ${id}, which is not theirs`);
        // Of what a marker did, another server may have told before.
        if (wish?.is === 'message' && wish.fate.is === 'done')
          throw new Violation(`[P3] ${id} was refused (${kind}) after its acknowledgement`);
      }
      return;
    }
    default:
      throw new Violation(`${link.name} was sent something unknown`);
  }
}

function requireVector(bytes: Uint8Array, truth: Truth): void {
  for (const [writer, clock] of Y.decodeStateVector(bytes)) {
    if (clock > truth.stateOf(writer))
      throw new Violation(`[P1] a server claims to know ${writer} up to ${clock}, which is not durable`);
  }
}

function requireUpdate(bytes: Uint8Array, truth: Truth): void {
  const { structs, ds } = Y.decodeUpdate(bytes);
  for (const { id, length } of structs) {
    if (id.clock + length > truth.stateOf(id.client)) {
      throw new Violation(`[P1] ${id.client}-${id.clock} was sent before it was durable`);
    }
  }
  for (const [client, ranges] of ds.clients) {
    for (const { clock, len } of ranges) {
      if (!truth.isDeleted(client, clock, len)) {
        throw new Violation(`[P1] the deletion of ${client}-${clock} (${len}) was sent before it was durable`);
      }
    }
  }
}
