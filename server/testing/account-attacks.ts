/**
 * Updates that no honest client of an account document can produce, each by the name of what it tries. The scene: a document whose
 * owner has written a draft under the writer `writer`, at clocks below `clock`.
 */
import * as encoding from 'lib0/encoding';
import { MAX_ACCOUNT_KEY_CHARACTERS } from '../../schema/limits.ts';
import { RawAny, type RawStruct, rawUpdate } from './raw-update.ts';

interface AccountScene {
  readonly writer: number;
  /** Of the next struct. */
  readonly clock: number;
}

type Attack = readonly [name: string, make: (scene: AccountScene) => Uint8Array];

const struct =
  (...structs: readonly RawStruct[]) =>
  ({ writer, clock }: AccountScene): Uint8Array =>
    rawUpdate({ sections: [{ client: writer, clock, structs }] });
const value = (any: unknown): ReturnType<typeof struct> =>
  struct({ parent: 'settings', key: 'theme', content: { any: [any] } });
const at = (parent: string, key?: string): ReturnType<typeof struct> =>
  struct({ parent, ...(key !== undefined && { key }), content: { any: ['x'] } });

const hidden = (key: string, any: unknown = true): ReturnType<typeof struct> =>
  struct({ parent: 'hidden', key, content: { any: [any] } });

const written = (write: (out: encoding.Encoder) => void): Uint8Array => {
  const out = encoding.createEncoder();
  write(out);
  return encoding.toUint8Array(out);
};
const infinite = written((out) => {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, Number.POSITIVE_INFINITY);
  encoding.writeUint8Array(out, new Uint8Array(view.buffer));
});
const deep = (depth: number): unknown => (depth === 0 ? 1 : [deep(depth - 1)]);

export const ACCOUNT_ATTACKS: readonly Attack[] = [
  ['a message', struct({ parent: 'messages', content: { any: [{ id: '1-0', from: 'ana', at: 1, text: 'x' }] } })],
  ['a receipt', at('receipts', 'ana')],
  ['another root', at('evil', 'x')],
  ['a root that every object has', at('__proto__', 'x')],
  ['a root map used as an array', at('settings')],
  ['stars used as an array', at('stars')],
  ['a star under a key of many characters', at('stars', `${'c'.repeat(MAX_ACCOUNT_KEY_CHARACTERS)}/1-0`)],
  ['a nested map as a star', struct({ parent: 'stars', key: 'c/1-0', content: { type: 1 } })],
  ['a key of many characters', at('drafts', 'k'.repeat(MAX_ACCOUNT_KEY_CHARACTERS + 1))],
  ['a key of many code points', at('drafts', '🌊'.repeat(MAX_ACCOUNT_KEY_CHARACTERS + 1))],
  ['a key of a megabyte', at('drafts', 'k'.repeat(1024 * 1024))],
  ['two values under one key', struct({ parent: 'settings', key: 'theme', content: { any: ['x', 'y'] } })],
  ['a nested map', struct({ parent: 'drafts', key: 'c', content: { type: 1 } })],
  ['a nested text', struct({ parent: 'drafts', key: 'c', content: { type: 2 } })],
  ['a subdocument', struct({ parent: 'drafts', key: 'c', content: { doc: 'x' } })],
  ['a string of text', struct({ parent: 'drafts', key: 'c', content: { string: 'x' } })],
  ['a format', struct({ parent: 'drafts', key: 'c', content: { format: ['bold', true] } })],
  ['an embed', struct({ parent: 'drafts', key: 'c', content: { embed: {} } })],
  ['bytes', struct({ parent: 'drafts', key: 'c', content: { binary: Uint8Array.of(1) } })],
  ['JSON of the former kind', struct({ parent: 'drafts', key: 'c', content: { json: ['1'] } })],
  ['undefined', value(undefined)],
  ['a big integer', value(1n)],
  ['bytes as a value', value(Uint8Array.of(1))],
  ['a number that JSON does not have', value(new RawAny(123, infinite))],
  ['a changed prototype', value(new RawAny(118, 1, '__proto__', new RawAny(118, 0).bytes))],
  ['a key that stands twice', value(new RawAny(118, 2, 'a', new RawAny(126).bytes, 'a', new RawAny(126).bytes))],
  ['arrays in arrays without end', value(deep(100))],
  ['a GC struct', struct({ content: { gc: 1 } })],
  ['a GC struct of length 2^40', struct({ content: { gc: 2 ** 40 } })],
  ['a Skip struct', struct({ content: { skip: 5 } })],
  [
    'an insertion before something',
    ({ writer, clock }) =>
      rawUpdate({
        sections: [{ client: writer, clock, structs: [{ rightOrigin: [writer, 0], content: { any: ['x'] } }] }],
      }),
  ],
  ['an item as parent', struct({ parent: [1, 0], key: 'c', content: { any: ['x'] } })],
  [
    'a writer above 32 bits',
    () =>
      rawUpdate({
        sections: [{ client: 2 ** 32, clock: 0, structs: [{ parent: 'settings', key: 'a', content: { any: [1] } }] }],
      }),
  ],
  [
    'a gap',
    ({ writer, clock }) =>
      rawUpdate({
        sections: [
          { client: writer, clock: clock + 3, structs: [{ parent: 'settings', key: 'a', content: { any: [1] } }] },
        ],
      }),
  ],
  [
    'a deletion of what is not there',
    ({ writer, clock }) => rawUpdate({ deletes: [{ client: writer, ranges: [[clock + 5, 3]] }] }),
  ],
  [
    'a deletion in the future of a writer that nobody has',
    () => rawUpdate({ deletes: [{ client: 4711, ranges: [[0, 2 ** 31]] }] }),
  ],
  [
    'structs beside each other',
    struct(
      ...Array.from({ length: 2_000 }, (): RawStruct => ({ parent: 'drafts', key: 'c', content: { any: ['x'] } })),
    ),
  ],
  ['a hidden message that is none', at('hidden', 'c')],
  ['a hidden message of a document', hidden('c.0/1-0')],
  ['a hidden message of nobody', hidden('c/')],
  ['a hidden message of no conversation', hidden('/1-0')],
  ['a hidden message by a writer above 32 bits', hidden('c/zzzzzzz-0')],
  ['a hidden message with more behind it', hidden('c/1-0/1-0')],
  ['a text in the place of a hidden message', hidden('c/1-0', 'a text')],
  ['an object in the place of a hidden message', hidden('c/1-0', { at: 1 })],
  ['`false` in the place of a hidden message', hidden('c/1-0', false)],
  ['two values of a hidden message', struct({ parent: 'hidden', key: 'c/1-0', content: { any: [true, true] } })],
  [
    'a text that follows a hidden message',
    ({ writer, clock }) => {
      const content = { any: [true] };
      const structs: RawStruct[] = [
        { parent: 'hidden', key: 'c/1-0', content },
        { origin: [writer, clock], content: { any: ['a text'] } },
      ];
      return rawUpdate({ sections: [{ client: writer, clock, structs }] });
    },
  ],
  ['half an update', (scene) => value('x')(scene).subarray(0, -3)],
];
