/**
 * Writes a Yjs V1 update from inspected structs. What a room applies is always what this module wrote, never received bytes:
 * two readers of the same odd bytes may differ, two readers of these cannot.
 */
import * as encoding from 'lib0/encoding';
import type { DeleteRange, StructId } from './read-update.ts';

/** A struct whose parent is settled by its origin or named as a root. `values` is null for deleted content. */
export interface WritableStruct extends StructId {
  readonly length: number;
  readonly origin: StructId | null;
  readonly root: string;
  readonly key: string | null;
  readonly values: readonly unknown[] | null;
}

/** One for all updates, as a new encoder begins with 100 bytes and allocates again and again as it grows. Longer updates still do. */
const SCRATCH = new Uint8Array(16 * 1_024);
const out = encoding.createEncoder();

/** Structs of one client must be contiguous and in clock order. */
export function writeUpdate(
  structs: ReadonlyMap<number, readonly WritableStruct[]>,
  deletes: readonly DeleteRange[],
): Uint8Array {
  out.cbuf = SCRATCH;
  out.cpos = 0;
  out.bufs = [];
  encoding.writeVarUint(out, structs.size);
  for (const [client, list] of structs) {
    encoding.writeVarUint(out, list.length);
    encoding.writeVarUint(out, client);
    encoding.writeVarUint(out, (list[0] as WritableStruct).clock);
    for (const struct of list) writeStruct(struct);
  }
  writeDeletes(deletes);
  return encoding.toUint8Array(out);
}

function writeStruct({ origin, root, key, length, values }: WritableStruct): void {
  encoding.writeUint8(out, (values ? 8 : 1) | (origin ? 0x80 : 0) | (key === null ? 0 : 0x20));
  if (origin) {
    encoding.writeVarUint(out, origin.client);
    encoding.writeVarUint(out, origin.clock);
  } else {
    encoding.writeVarUint(out, 1);
    encoding.writeVarString(out, root);
    if (key !== null) encoding.writeVarString(out, key);
  }
  encoding.writeVarUint(out, length);
  // Values were read as JSON by a grammar.
  if (values) for (const value of values) encoding.writeAny(out, value as encoding.AnyEncodable);
}

function writeDeletes(deletes: readonly DeleteRange[]): void {
  const byClient = new Map<number, DeleteRange[]>();
  for (const range of deletes) {
    const list = byClient.get(range.client);
    if (list) list.push(range);
    else byClient.set(range.client, [range]);
  }
  encoding.writeVarUint(out, byClient.size);
  for (const [client, ranges] of byClient) {
    encoding.writeVarUint(out, client);
    encoding.writeVarUint(out, ranges.length);
    for (const { clock, length } of ranges) {
      encoding.writeVarUint(out, clock);
      encoding.writeVarUint(out, length);
    }
  }
}
