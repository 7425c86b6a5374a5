/**
 * Damage to honest updates, described by plain numbers so that fast-check can draw and shrink it: to the bytes, and to the
 * structs they stand for.
 */
import fc from 'fast-check';
import type { Grammar } from '../room/grammar.ts';
import { readUpdate } from '../room/read-update.ts';
import { readValue } from '../room/read-value.ts';
import { type Id, type RawContent, type RawStruct, type RawUpdate, rawUpdate } from './raw-update.ts';

export interface Mutation {
  readonly kind: (typeof KINDS)[number];
  readonly a: number;
  readonly b: number;
  readonly c: number;
}

const KINDS = [
  'flip',
  'overwrite',
  'cut',
  'remove',
  'insert',
  'repeat',
  'append',
  'client',
  'clock',
  'origin',
  'right origin',
  'parent',
  'key',
  'content',
  'value',
  'drop',
  'double',
  'swap',
  'merge',
  'delete',
  'undelete',
  'count',
] as const;

export const mutationArbitrary: fc.Arbitrary<Mutation> = fc.record({
  kind: fc.constantFrom(...KINDS),
  a: fc.nat(2 ** 31 - 1),
  b: fc.nat(2 ** 31 - 1),
  c: fc.nat(2 ** 31 - 1),
});

/** What there is to lie about. */
export interface Surroundings {
  /** Writers that exist, and some that do not. */
  readonly clients: readonly number[];
  /** Ids of elements that exist, and of some that do not. */
  readonly ids: readonly Id[];
  readonly users: readonly string[];
  /** Other honest updates. */
  readonly others: readonly Uint8Array[];
  /** Reads what the document holds; a conversation's elements unless told. */
  readonly readValue?: ReadValue;
}

type ReadValue = Grammar<unknown, unknown>['readValue'];

/** The update after all mutations; one that does not apply any more (its bytes cannot be read) is left out. */
export function mutate(bytes: Uint8Array, mutations: readonly Mutation[], surroundings: Surroundings): Uint8Array {
  let current = bytes;
  for (const mutation of mutations) current = mutateOnce(current, mutation, surroundings);
  return current;
}

const pick = <Each>(list: readonly Each[], index: number): Each | undefined => list[index % Math.max(1, list.length)];

function mutateOnce(bytes: Uint8Array, mutation: Mutation, surroundings: Surroundings): Uint8Array {
  const { kind, a, b, c } = mutation;
  const at = a % Math.max(1, bytes.length);
  switch (kind) {
    case 'flip':
      return bytes.map((byte, index) => (index === at ? byte ^ (1 << (b % 8)) : byte));
    case 'overwrite':
      return bytes.map((byte, index) => (index === at ? b % 256 : byte));
    case 'cut':
      return bytes.slice(0, at);
    case 'remove':
      return Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(at + 1 + (b % 8))]);
    case 'insert':
      return Uint8Array.from([...bytes.subarray(0, at), b % 256, ...bytes.subarray(at)]);
    case 'repeat':
      return Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(b % (at + 1))]);
    case 'append':
      return Uint8Array.from([...bytes, ...(pick(surroundings.others, b) ?? [])]);
    default:
      return mutateStructs(bytes, mutation, surroundings, c);
  }
}

type Mutable<Type> = { -readonly [Key in keyof Type]: Type[Key] };
type Section = { client: number; clock: number; structs: Mutable<RawStruct>[]; count?: number };
type Deletes = { client: number; ranges: [number, number][] };

function mutateStructs(
  bytes: Uint8Array,
  { kind, a, b, c }: Mutation,
  { clients, ids, users, readValue: readContent = readValue }: Surroundings,
  salt: number,
): Uint8Array {
  const read = toRaw(bytes, readContent);
  if (!read) return bytes;
  const { sections, deletes } = read;
  const section = pick(sections, a);
  const struct = section && pick(section.structs, b);
  const id = pick(ids, c);
  const client = pick(clients, c);
  const extra: { sectionCount?: number } = {};
  if (!section || !struct || !id || client === undefined) return bytes;
  switch (kind) {
    case 'client':
      section.client = client;
      break;
    case 'clock':
      section.clock = Math.max(0, section.clock + (c % 5) - 2);
      break;
    case 'origin':
      if (salt % 4 === 0) delete struct.origin;
      else struct.origin = id;
      break;
    case 'right origin':
      struct.rightOrigin = id;
      break;
    case 'parent':
      delete struct.origin;
      struct.parent = pick<string | Id>(['messages', 'receipts', 'drafts', 'hidden', 'evil', id], c) as string | Id;
      break;
    case 'key':
      delete struct.origin;
      struct.parent = 'receipts';
      struct.key = pick([...users, '__proto__'], c) as string;
      break;
    case 'content':
      struct.content = pick<RawContent>(
        [
          { gc: 1 },
          { skip: 1 },
          { deleted: 1 + (b % 3) },
          { json: ['{}'] },
          { string: 'text' },
          { format: ['bold', true] },
          { type: c % 7 },
          { doc: 'guid' },
          { any: [null] },
          { any: [] },
        ],
        c,
      ) as RawContent;
      break;
    case 'value':
      if ('any' in struct.content)
        struct.content = { any: struct.content.any.map((value) => mutateValue(value, c, users)) };
      break;
    case 'drop':
      section.structs.splice(b % section.structs.length, 1);
      break;
    case 'double':
      section.structs.splice(b % section.structs.length, 0, struct);
      break;
    case 'swap':
      section.structs.reverse();
      break;
    case 'merge':
      sections.push({ ...section, structs: [...section.structs] });
      break;
    case 'delete':
      deletes.push({ client: id[0], ranges: [[id[1], 1 + (salt % 3)]] });
      break;
    case 'undelete':
      deletes.splice(a % Math.max(1, deletes.length), 1);
      break;
    case 'count':
      section.count = c % 10;
      break;
  }
  return rawUpdate({ sections, deletes, ...extra } satisfies RawUpdate);
}

function mutateValue(value: unknown, salt: number, users: readonly string[]): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [key] = pick(entries, salt) ?? [];
  const { files } = value as { files?: unknown };
  if (Array.isArray(files) && salt % 3 > 0) return { ...value, files: mutateFiles(files, salt) };
  switch (salt % 5) {
    case 0:
      return { ...value, from: pick(users, salt) };
    case 1:
      return { ...value, [key ?? 'x']: salt };
    case 2:
      return Object.fromEntries(entries.filter(([each]) => each !== key));
    case 3:
      return { ...value, editedAt: salt };
    default:
      return { ...value, text: salt % 2 ? '' : 'x'.repeat(8_001) };
  }
}

/** What may be told of a sound, and what may not; of a file of another message, and of one twice. */
function mutateFiles(files: readonly object[], salt: number): unknown {
  const at = salt % files.length;
  const lie = pick<object>(
    [
      ...[1, 0, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53].map((duration) => ({ duration })),
      ...['v'.repeat(48), 'w'.repeat(48), 'v', ''].map((peaks) => ({ peaks })),
      { duration: 1, peaks: '0'.repeat(48) },
      ...[
        { type: 'audio/ogg' },
        { type: 'text/html' },
        { size: 1 },
        { id: '0'.repeat(25) },
        { width: 1 },
        { of: 'more' },
      ],
    ],
    salt >> 4,
  );
  const [first] = files;
  return salt % 7 === 0 ? [...files, first] : files.map((file, index) => (index === at ? { ...file, ...lie } : file));
}

function toRaw(bytes: Uint8Array, readValue: ReadValue): { sections: Section[]; deletes: Deletes[] } | undefined {
  try {
    const { structs, deletes } = readUpdate(bytes, readValue);
    return {
      sections: [...structs].map(([client, list]) => ({
        client,
        clock: list[0]?.clock ?? 0,
        structs: list.map((struct) => {
          if (struct.is === 'gap') return { content: { gc: struct.length } };
          const { origin, rightOrigin, root, key, values, length } = struct;
          return {
            ...(origin && { origin: [origin.client, origin.clock] as Id }),
            ...(rightOrigin && { rightOrigin: [rightOrigin.client, rightOrigin.clock] as Id }),
            ...(root !== null && { parent: root }),
            ...(key !== null && { key }),
            content: values ? { any: values } : { deleted: length },
          };
        }),
      })),
      deletes: deletes.map(({ client, clock, length }) => ({ client, ranges: [[clock, length]] })),
    };
  } catch {
    // Bytes damaged before cannot be taken apart any more; they are damaged enough.
    return undefined;
  }
}
