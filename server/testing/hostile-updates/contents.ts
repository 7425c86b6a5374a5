/** Values that are no messages and no receipts, or not quite. */
import { RawAny, type RawStruct } from '../raw-update.ts';
import { begin, float, integer, message, messageWith, object, own, ownReceipt, string, value } from './vocabulary.ts';

const { list, hostile } = begin();

const contents: readonly (readonly [string, RawStruct['content']])[] = [
  ['JSON', { json: ['{"text":"attack"}'] }],
  ['undefined as JSON', { json: ['undefined'] }],
  ['bytes', { binary: Uint8Array.of(1, 2, 3) }],
  ['text', { string: 'attack' }],
  ['an embed', { embed: { image: 'x' } }],
  ['a format', { format: ['bold', true] }],
  ['an array', { type: 0 }],
  ['a map', { type: 1 }],
  ['a text type', { type: 2 }],
  ['an XML element', { type: 3 }],
  ['an XML fragment', { type: 4 }],
  ['an XML hook', { type: 5 }],
  ['an XML text', { type: 6 }],
  ['a type of an unknown number', { type: 7 }],
  ['a document', { doc: 'guid' }],
  ['content of an unknown number', { reference: 11, bytes: Uint8Array.of(1) }],
  ['content number 31', { reference: 31, bytes: Uint8Array.of(1) }],
];
for (const [name, content] of contents) {
  hostile(
    `${name} in messages`,
    own((scene) => ({ origin: scene.end, content })),
  );
  hostile(
    `${name} in one's own receipt`,
    own((scene) => ({ origin: scene.receipt(scene.attacker), content })),
  );
}
for (const each of [null, undefined, 0, 1.5, true, 'text', 10n, [], {}, Uint8Array.of(1), [{ text: 'attack' }]]) {
  const name =
    typeof each === 'bigint' ? '10n' : each instanceof Uint8Array ? 'bytes' : (JSON.stringify(each) ?? 'undefined');
  hostile(
    `the value ${name} in messages`,
    value(() => each),
  );
  hostile(
    `the value ${name} in one's own receipt`,
    ownReceipt(() => [each]),
  );
}
hostile(
  'an array of values nested 100,000 deep',
  value(
    () =>
      new RawAny(
        Uint8Array.from({ length: 200_000 }, (_, index) => (index % 2 ? 1 : 117)),
        126,
      ),
  ),
);
hostile(
  'an object of values nested 100,000 deep',
  value(
    () =>
      new RawAny(
        Uint8Array.from({ length: 400_000 }, (_, index) => [118, 1, 1, 100][index % 4] as number),
        126,
      ),
  ),
);
hostile(
  'a key that no message has',
  message(() => ({ admin: true })),
);
hostile(
  'a key that is an object',
  message(() => ({ d: { a: 1 } })),
);
for (const key of ['__proto__', 'constructor', 'toString']) {
  hostile(`the key ${key}`, messageWith([key, object(['admin', integer(1)])]));
}
hostile('a key that stands twice', messageWith(['text', string('another')]));
hostile(
  'a message without text',
  value(({ attacker, attackerWriter }, clock) => ({
    id: `${attackerWriter.toString(36)}-${clock.toString(36)}`,
    from: attacker,
    at: 1,
  })),
);
hostile(
  'an edited message',
  message(() => ({ editedAt: 1 })),
);
hostile(
  'a deleted message',
  value(({ attacker, attackerWriter, victim }, clock) => ({
    id: `${attackerWriter.toString(36)}-${clock.toString(36)}`,
    from: attacker,
    at: 1,
    deletedAt: 1,
    by: victim,
  })),
);
hostile(
  'a message and edit in one',
  message(() => ({ edit: 'a-0' })),
);
hostile(
  'a message and receipt in one',
  message(() => ({ d: {}, r: {} })),
);
hostile(
  'a text that is a number',
  message(() => ({ text: 5 })),
);
hostile(
  'a text that is an object',
  message(() => ({ text: {} })),
);
hostile(
  'a sender that is null',
  message(() => ({ from: null })),
);
hostile(
  'an id that is a number',
  message(() => ({ id: 5 })),
);
hostile(
  'a reply to what is no id',
  message(() => ({ re: '../../etc' })),
);
hostile(
  'a reply to a number',
  message(() => ({ re: 5 })),
);
for (const at of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -1]) {
  hostile(
    `the time ${at}`,
    value(({ attacker, attackerWriter }, clock) =>
      object(
        ['id', string(`${attackerWriter.toString(36)}-${clock.toString(36)}`)],
        ['from', string(attacker)],
        ['at', float(at)],
        ['text', string('attack')],
      ),
    ),
  );
}
for (const at of ['0', null, 10n, true, undefined, [1]]) {
  hostile(
    `the time ${typeof at === 'bigint' ? '10n' : JSON.stringify(at)}`,
    message(() => ({ at })),
  );
}
const vectors: readonly (readonly [string, unknown])[] = [
  ['a writer in capitals', { A: 1 }],
  ['a writer that is __proto__', object(['__proto__', integer(1)])],
  ['a writer of eight digits', { zzzzzzzz: 1 }],
  ['an empty writer', { '': 1 }],
  ['a clock that is negative', { a: -1 }],
  ['a clock that is a fraction', { a: 1.5 }],
  ['a clock that is NaN', object(['a', float(Number.NaN)])],
  ['a clock that is infinite', object(['a', float(Number.POSITIVE_INFINITY)])],
  ['a clock that is a string', { a: '1' }],
  ['a writer that stands twice', object(['a', integer(1)], ['a', integer(2)])],
];
for (const [name, vector] of vectors) {
  hostile(
    `a receipt with ${name}`,
    ownReceipt(() => [
      vector instanceof RawAny ? object(['d', vector], ['r', new RawAny(118, 0)]) : { d: {}, r: vector },
    ]),
  );
}
hostile(
  'a receipt without r',
  ownReceipt(() => [{ d: {} }]),
);
hostile(
  'a receipt with a third key',
  ownReceipt(() => [{ d: {}, r: {}, x: {} }]),
);
hostile(
  'a receipt whose d is a number',
  ownReceipt(() => [{ d: 1, r: {} }]),
);
hostile(
  'two receipts in one struct',
  ownReceipt(() => [
    { d: {}, r: {} },
    { d: {}, r: {} },
  ]),
);
hostile(
  "a message as one's own receipt",
  ownReceipt((scene) => [scene.message(scene.attackerWriter, scene.clock(scene.attackerWriter))]),
);

export const CONTENTS = list;
