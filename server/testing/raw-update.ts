/**
 * Yjs V1 updates written field by field, so that any of them may lie: structs and contents of every kind, origins, parents,
 * delete sets, counts. Format: yjs `src/utils/encoding.js`.
 */
import * as encoding from 'lib0/encoding';

/** clientID and clock. */
export type Id = readonly [client: number, clock: number];

export type RawContent =
  | { readonly gc: number }
  | { readonly skip: number }
  | { readonly deleted: number }
  /** `count` lies about how many values follow. */
  | { readonly any: readonly unknown[]; readonly count?: number }
  | { readonly json: readonly string[] }
  | { readonly binary: Uint8Array }
  | { readonly string: string }
  | { readonly embed: unknown }
  | { readonly format: readonly [key: string, value: unknown] }
  /** 0 array, 1 map, 2 text, 3 XML element, 4 XML fragment, 5 XML hook, 6 XML text. */
  | { readonly type: number }
  | { readonly doc: string }
  /** Bytes of a content of the given reference number, as they are. */
  | { readonly reference: number; readonly bytes: Uint8Array };

export interface RawStruct {
  readonly content: RawContent;
  readonly origin?: Id;
  readonly rightOrigin?: Id;
  /** A root's name or an item's id; written only without origins, as Yjs reads it. `messages` unless told. */
  readonly parent?: string | Id;
  readonly key?: string;
  /** Flipped in the info byte after everything else. */
  readonly flip?: number;
}

export interface RawSection {
  readonly client: number;
  readonly clock: number;
  readonly structs: readonly RawStruct[];
  /** Instead of how many structs there are. */
  readonly count?: number;
}

export interface RawDeletes {
  readonly client: number;
  readonly ranges: readonly (readonly [clock: number, length: number])[];
  readonly count?: number;
}

export interface RawUpdate {
  readonly sections?: readonly RawSection[];
  readonly deletes?: readonly RawDeletes[];
  /** Instead of how many sections there are. */
  readonly sectionCount?: number;
  readonly deleteCount?: number;
  readonly trailing?: Uint8Array;
}

export function rawUpdate({ sections = [], deletes = [], sectionCount, deleteCount, trailing }: RawUpdate): Uint8Array {
  const out = encoding.createEncoder();
  encoding.writeVarUint(out, sectionCount ?? sections.length);
  for (const { client, clock, structs, count } of sections) {
    encoding.writeVarUint(out, count ?? structs.length);
    encoding.writeVarUint(out, client);
    encoding.writeVarUint(out, clock);
    for (const struct of structs) writeStruct(out, struct);
  }
  encoding.writeVarUint(out, deleteCount ?? deletes.length);
  for (const { client, ranges, count } of deletes) {
    encoding.writeVarUint(out, client);
    encoding.writeVarUint(out, count ?? ranges.length);
    for (const [clock, length] of ranges) {
      encoding.writeVarUint(out, clock);
      encoding.writeVarUint(out, length);
    }
  }
  if (trailing) encoding.writeUint8Array(out, trailing);
  return encoding.toUint8Array(out);
}

function writeStruct(out: encoding.Encoder, struct: RawStruct): void {
  const { content, origin, rightOrigin, parent = 'messages', key, flip = 0 } = struct;
  const reference = referenceOf(content);
  const hasIds = reference !== 0 && reference !== 10;
  const info =
    reference |
    (hasIds && origin ? 0x80 : 0) |
    (hasIds && rightOrigin ? 0x40 : 0) |
    (hasIds && key !== undefined ? 0x20 : 0);
  encoding.writeUint8(out, info ^ flip);
  if (hasIds) {
    if (origin) writeId(out, origin);
    if (rightOrigin) writeId(out, rightOrigin);
    if (!origin && !rightOrigin) {
      encoding.writeVarUint(out, typeof parent === 'string' ? 1 : 0);
      if (typeof parent === 'string') encoding.writeVarString(out, parent);
      else writeId(out, parent);
      if (key !== undefined) encoding.writeVarString(out, key);
    }
  }
  writeContent(out, content);
}

function referenceOf(content: RawContent): number {
  if ('gc' in content) return 0;
  if ('deleted' in content) return 1;
  if ('json' in content) return 2;
  if ('binary' in content) return 3;
  if ('string' in content) return 4;
  if ('embed' in content) return 5;
  if ('format' in content) return 6;
  if ('type' in content) return 7;
  if ('any' in content) return 8;
  if ('doc' in content) return 9;
  if ('skip' in content) return 10;
  return content.reference;
}

function writeContent(out: encoding.Encoder, content: RawContent): void {
  if ('gc' in content) encoding.writeVarUint(out, content.gc);
  else if ('skip' in content) encoding.writeVarUint(out, content.skip);
  else if ('deleted' in content) encoding.writeVarUint(out, content.deleted);
  else if ('json' in content) {
    encoding.writeVarUint(out, content.json.length);
    for (const text of content.json) encoding.writeVarString(out, text);
  } else if ('binary' in content) encoding.writeVarUint8Array(out, content.binary);
  else if ('string' in content) encoding.writeVarString(out, content.string);
  else if ('embed' in content) encoding.writeVarString(out, JSON.stringify(content.embed));
  else if ('format' in content) {
    encoding.writeVarString(out, content.format[0]);
    encoding.writeVarString(out, JSON.stringify(content.format[1]));
  } else if ('type' in content) {
    encoding.writeVarUint(out, content.type);
    if (content.type === 3 || content.type === 5) encoding.writeVarString(out, 'div');
  } else if ('any' in content) {
    encoding.writeVarUint(out, content.count ?? content.any.length);
    for (const value of content.any) {
      // Values that are bytes already stand for themselves: whatever `any` encoding an attacker makes up.
      if (value instanceof RawAny) encoding.writeUint8Array(out, value.bytes);
      else encoding.writeAny(out, value as encoding.AnyEncodable);
    }
  } else if ('doc' in content) {
    encoding.writeVarString(out, content.doc);
    encoding.writeAny(out, {});
  } else encoding.writeUint8Array(out, content.bytes);
}

function writeId(out: encoding.Encoder, [client, clock]: Id): void {
  encoding.writeVarUint(out, client);
  encoding.writeVarUint(out, clock);
}

/** A value in lib0's `any` encoding, byte for byte. */
export class RawAny {
  readonly bytes: Uint8Array;

  constructor(...parts: readonly (number | string | Uint8Array)[]) {
    const out = encoding.createEncoder();
    for (const part of parts) {
      if (typeof part === 'number') encoding.writeUint8(out, part);
      else if (typeof part === 'string') encoding.writeVarString(out, part);
      else encoding.writeUint8Array(out, part);
    }
    this.bytes = encoding.toUint8Array(out);
  }
}
