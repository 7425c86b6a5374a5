/**
 * Updates that no honest client can produce, each by the name of what it tries. `asUpdate: 'asked'` is what may also be an
 * honest update that has overtaken its predecessors: it is dropped with a question, and hostile only as a complete state.
 */
import * as Y from 'yjs';
import { MAX_UPDATE_ELEMENTS } from '../../schema/limits.ts';
import { RawAny, type RawStruct, rawUpdate } from './raw-update.ts';
import type { Scene } from './scene.ts';

export interface HostileUpdate {
  readonly name: string;
  readonly make: (scene: Scene) => Uint8Array;
  readonly asUpdate?: 'asked';
}

const list: HostileUpdate[] = [];
const hostile = (name: string, make: (scene: Scene) => Uint8Array): unknown => list.push({ name, make });
const asked = (name: string, make: (scene: Scene) => Uint8Array): unknown =>
  list.push({ name, make, asUpdate: 'asked' });

/** One section of the attacker's own writer at its next clock. */
const own = (make: (scene: Scene, clock: number) => RawStruct | RawStruct[]) => (scene: Scene) => {
  const clock = scene.clock(scene.attackerWriter);
  const structs = [make(scene, clock)].flat();
  return rawUpdate({ sections: [{ client: scene.attackerWriter, clock, structs }] });
};
/** One value appended where a message would stand. */
const value = (make: (scene: Scene, clock: number) => unknown) =>
  own((scene, clock) => ({ origin: scene.end, content: { any: [make(scene, clock)] } }));
/** An honest message, but for one thing. */
const message = (override: (scene: Scene, clock: number) => Record<string, unknown>) =>
  value((scene, clock) => scene.message(scene.attackerWriter, clock, override(scene, clock)));
const ownReceipt = (make: (scene: Scene) => unknown[]) =>
  own((scene) => ({ origin: scene.receipt(scene.attacker), content: { any: make(scene) } }));
const deletes =
  (...of: ((scene: Scene) => [client: number, clock: number, length: number])[]) =>
  (scene: Scene) =>
    rawUpdate({
      deletes: of.map((each) => {
        const [client, clock, length] = each(scene);
        return { client, ranges: [[clock, length]] };
      }),
    });

const HUGE = 2 ** 40;
const integer = (...bytes: number[]): RawAny => new RawAny(125, Uint8Array.of(...bytes));
const float = (number: number): RawAny => {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, number);
  return new RawAny(123, new Uint8Array(view.buffer));
};
/** An object of lib0's `any` encoding, whose keys may repeat. */
const object = (...entries: readonly (readonly [key: string, value: RawAny])[]): RawAny =>
  new RawAny(118, entries.length, ...entries.flatMap(([key, { bytes }]) => [key, bytes]));
const string = (text: string): RawAny => new RawAny(119, text);
const messageWith = (...extra: readonly (readonly [string, RawAny])[]) =>
  value(({ attacker, attackerWriter }, clock) =>
    object(
      ['id', string(`${attackerWriter.toString(36)}-${clock.toString(36)}`)],
      ['from', string(attacker)],
      ['at', integer(1)],
      ['text', string('attack')],
      ...extra,
    ),
  );

// Whose writer.
hostile("the victim's writer at its next clock", (scene) => {
  const clock = scene.clock(scene.victimWriter);
  return rawUpdate({
    sections: [{ client: scene.victimWriter, clock, structs: [scene.append(scene.victimWriter, clock)] }],
  });
});
hostile("the victim's writer in the victim's name", (scene) => {
  const clock = scene.clock(scene.victimWriter);
  const structs = [scene.append(scene.victimWriter, clock, { from: scene.victim })];
  return rawUpdate({ sections: [{ client: scene.victimWriter, clock, structs }] });
});
hostile("the server's writer at its next clock", (scene) => {
  const clock = scene.clock(scene.serverWriter);
  const structs = [scene.append(scene.serverWriter, clock)];
  return rawUpdate({ sections: [{ client: scene.serverWriter, clock, structs }] });
});
hostile("the victim's writer for the attacker's own receipt", (scene) => {
  const clock = scene.clock(scene.victimWriter);
  const structs: RawStruct[] = [{ origin: scene.receipt(scene.attacker), content: { any: [{ d: {}, r: {} }] } }];
  return rawUpdate({ sections: [{ client: scene.victimWriter, clock, structs }] });
});
hostile("a struct of the victim's writer behind an honest one", (scene) => {
  const mine = scene.clock(scene.attackerWriter);
  const theirs = scene.clock(scene.victimWriter);
  return rawUpdate({
    sections: [
      { client: scene.attackerWriter, clock: mine, structs: [scene.append(scene.attackerWriter, mine)] },
      { client: scene.victimWriter, clock: theirs, structs: [scene.append(scene.victimWriter, theirs)] },
    ],
  });
});
hostile("a GC at the victim's next clock", (scene) =>
  rawUpdate({
    sections: [
      { client: scene.victimWriter, clock: scene.clock(scene.victimWriter), structs: [{ content: { gc: 1 } }] },
    ],
  }),
);
hostile("a GC of 2^40 elements at the victim's next clock", (scene) =>
  rawUpdate({
    sections: [
      { client: scene.victimWriter, clock: scene.clock(scene.victimWriter), structs: [{ content: { gc: HUGE } }] },
    ],
  }),
);
hostile('a GC that starts inside what is known of the victim and goes on', (scene) =>
  rawUpdate({ sections: [{ client: scene.victimWriter, clock: 0, structs: [{ content: { gc: HUGE } }] }] }),
);
hostile('a clientID of 33 bits', (scene) =>
  rawUpdate({ sections: [{ client: 2 ** 32, clock: 0, structs: [scene.append(2 ** 32, 0)] }] }),
);
hostile('a clientID of 53 bits', (scene) => {
  const client = Number.MAX_SAFE_INTEGER;
  return rawUpdate({ sections: [{ client, clock: 0, structs: [scene.append(client, 0)] }] });
});
hostile(
  'a clientID of 33 bits in the delete set',
  deletes(() => [2 ** 32, 0, 1]),
);
hostile(
  'an origin whose clientID has 33 bits',
  own((scene, clock) => ({
    origin: [2 ** 32, 0],
    content: { any: [scene.message(scene.attackerWriter, clock)] },
  })),
);

// In whose name.
hostile(
  "a message in the victim's name",
  message(({ victim }) => ({ from: victim })),
);
hostile(
  "a message in nobody's name",
  message(() => ({ from: '' })),
);
hostile(
  "the victim's name between two honest messages of one struct",
  own((scene, clock) => ({
    origin: scene.end,
    content: {
      any: [0, 1, 2].map((offset) =>
        scene.message(scene.attackerWriter, clock + offset, offset === 1 ? { from: scene.victim } : {}),
      ),
    },
  })),
);
hostile(
  "an id that is the victim's message",
  message(({ victimMessage: [client, clock] }) => ({
    id: `${client.toString(36)}-${clock.toString(36)}`,
  })),
);
hostile(
  "an id that is an earlier message of one's own",
  message(({ attackerMessage: [client, clock] }) => ({
    id: `${client.toString(36)}-${clock.toString(36)}`,
  })),
);
hostile(
  'an id one clock ahead',
  message((scene, clock) => ({ id: scene.message(scene.attackerWriter, clock + 1).id })),
);
hostile(
  'an id in capitals',
  message((scene, clock) => ({
    id: String(scene.message(scene.attackerWriter, clock).id).toUpperCase().replace('-', '-0'),
  })),
);
hostile(
  "an edit in the victim's name",
  value((scene) => ({
    edit: `${scene.victimWriter.toString(36)}-${scene.victimMessage[1].toString(36)}`,
    from: scene.victim,
    at: 1,
    text: 'forged',
  })),
);
hostile(
  "a deletion in the victim's name",
  value((scene) => ({
    del: `${scene.victimWriter.toString(36)}-${scene.victimMessage[1].toString(36)}`,
    from: scene.victim,
    at: 1,
  })),
);

// Holes.
hostile(
  'a GC',
  own(() => ({ content: { gc: 1 } })),
);
hostile(
  'a GC of 2^40 elements',
  own(() => ({ content: { gc: HUGE } })),
);
hostile('a GC of a writer that nobody has used', (scene) =>
  rawUpdate({ sections: [{ client: scene.fresh, clock: 0, structs: [{ content: { gc: 1 } }] }] }),
);
hostile(
  'a Skip',
  own(() => ({ content: { skip: 1 } })),
);
hostile(
  'a Skip that hides a hole before a message',
  own((scene, clock) => [{ content: { skip: 5 } }, scene.append(scene.attackerWriter, clock + 5)]),
);
hostile('a Skip over a known part and a hole', (scene) => {
  const clock = scene.clock(scene.attackerWriter);
  const structs: RawStruct[] = [{ content: { skip: clock + 3 } }, scene.append(scene.attackerWriter, clock + 3)];
  return rawUpdate({ sections: [{ client: scene.attackerWriter, clock: 0, structs }] });
});
hostile(
  'a GC without length',
  own(() => ({ content: { gc: 0 } })),
);
hostile(
  'a Skip without length',
  own(() => ({ content: { skip: 0 } })),
);
hostile(
  'deleted content without length',
  own((scene) => ({
    origin: scene.receipt(scene.attacker),
    content: { deleted: 0 },
  })),
);
hostile(
  'an empty array of values',
  own((scene) => ({ origin: scene.end, content: { any: [] } })),
);
hostile(
  'deleted content in messages',
  own((scene) => ({ origin: scene.end, content: { deleted: 1 } })),
);
hostile(
  "2^40 deleted elements in one's own receipts",
  own((scene) => ({
    origin: scene.receipt(scene.attacker),
    content: { deleted: HUGE },
  })),
);
hostile(
  'a clock beyond 2^53',
  own((scene) => [
    { origin: scene.receipt(scene.attacker), content: { deleted: Number.MAX_SAFE_INTEGER } },
    scene.append(scene.attackerWriter, 1),
  ]),
);
asked("a gap in one's own clocks", (scene) => {
  const clock = scene.clock(scene.attackerWriter) + 1;
  return rawUpdate({
    sections: [{ client: scene.attackerWriter, clock, structs: [scene.append(scene.attackerWriter, clock)] }],
  });
});
asked("a gap in the victim's clocks", (scene) => {
  const clock = scene.clock(scene.victimWriter) + 1;
  return rawUpdate({
    sections: [{ client: scene.victimWriter, clock, structs: [scene.append(scene.victimWriter, clock)] }],
  });
});
asked('a new writer that does not start at 0', (scene) =>
  rawUpdate({ sections: [{ client: scene.fresh, clock: 1, structs: [scene.append(scene.fresh, 1)] }] }),
);
asked(
  'an origin that nobody has written yet',
  own((scene, clock) => ({
    origin: [scene.victimWriter, scene.clock(scene.victimWriter)],
    content: { any: [scene.message(scene.attackerWriter, clock)] },
  })),
);
asked(
  'an origin of a writer that nobody knows',
  own((scene, clock) => ({
    origin: [scene.fresh, 0],
    content: { any: [scene.message(scene.attackerWriter, clock)] },
  })),
);

// Deletions.
hostile(
  "deleting the victim's message",
  deletes(({ victimMessage: [client, clock] }) => [client, clock, 1]),
);
hostile(
  'deleting everything of the victim',
  deletes(({ victimWriter }) => [victimWriter, 0, HUGE]),
);
hostile(
  "deleting the victim's receipt",
  deletes((scene) => [...scene.receipt(scene.victim), 1]),
);
hostile(
  "deleting one's own message",
  deletes(({ attackerMessage: [client, clock] }) => [client, clock, 1]),
);
hostile(
  'deleting what the server wrote',
  deletes((scene) => [scene.serverWriter, 0, scene.clock(scene.serverWriter)]),
);
hostile(
  "deleting the victim's next element",
  deletes(({ victimWriter, ...scene }) => [victimWriter, Y.getState(scene.doc.store, victimWriter), 1]),
);
hostile(
  "deleting the victim's next 2^40 elements",
  deletes((scene) => [scene.victimWriter, scene.clock(scene.victimWriter), HUGE]),
);
hostile(
  "deleting the server's next element",
  deletes((scene) => [scene.serverWriter, scene.clock(scene.serverWriter), 1]),
);
asked(
  "deleting one's own next element",
  deletes((scene) => [scene.attackerWriter, scene.clock(scene.attackerWriter), 1]),
);
asked(
  'deleting the future of a writer that nobody knows',
  deletes((scene) => [scene.fresh, 0, 1]),
);
hostile(
  'deleting nothing',
  deletes((scene) => [scene.attackerWriter, 0, 0]),
);
hostile('deleting a message of the same update', (scene) => {
  const clock = scene.clock(scene.attackerWriter);
  return rawUpdate({
    sections: [{ client: scene.attackerWriter, clock, structs: [scene.append(scene.attackerWriter, clock)] }],
    deletes: [{ client: scene.attackerWriter, ranges: [[clock, 1]] }],
  });
});
hostile('an honest message and the deletion of a foreign one', (scene) => {
  const clock = scene.clock(scene.attackerWriter);
  const [client, at] = scene.victimMessage;
  return rawUpdate({
    sections: [{ client: scene.attackerWriter, clock, structs: [scene.append(scene.attackerWriter, clock)] }],
    deletes: [{ client, ranges: [[at, 1]] }],
  });
});
hostile("overwriting the victim's receipt", (scene) => {
  const clock = scene.clock(scene.attackerWriter);
  const origin = scene.receipt(scene.victim);
  return rawUpdate({
    sections: [{ client: scene.attackerWriter, clock, structs: [{ origin, content: { any: [{ d: {}, r: {} }] } }] }],
    deletes: [{ client: origin[0], ranges: [[origin[1], 1]] }],
  });
});
hostile(
  "overwriting the victim's receipt without saying that it deletes",
  own((scene) => ({
    origin: scene.receipt(scene.victim),
    content: { any: [{ d: {}, r: {} }] },
  })),
);
hostile(
  "deleted content over the victim's receipt",
  own((scene) => ({
    origin: scene.receipt(scene.victim),
    content: { deleted: 1 },
  })),
);
hostile(
  "a new value under the victim's key",
  own((scene) => ({
    parent: 'receipts',
    key: scene.victim,
    content: { any: [{ d: {}, r: {} }] },
  })),
);

// Places.
hostile(
  "an insertion before the victim's message",
  own((scene, clock) => ({
    rightOrigin: scene.victimMessage,
    content: { any: [scene.message(scene.attackerWriter, clock)] },
  })),
);
hostile(
  'an insertion between two messages',
  own((scene, clock) => ({
    origin: scene.attackerMessage,
    rightOrigin: scene.victimMessage,
    content: { any: [scene.message(scene.attackerWriter, clock)] },
  })),
);
for (const parent of ['evil', '', '__proto__', 'constructor', 'Messages', 'settings']) {
  hostile(
    `the root “${parent}”`,
    own((scene, clock) => ({
      parent,
      content: { any: [scene.message(scene.attackerWriter, clock)] },
    })),
  );
}
hostile(
  'messages as a map',
  own((scene, clock) => ({
    parent: 'messages',
    key: 'key',
    content: { any: [scene.message(scene.attackerWriter, clock)] },
  })),
);
hostile(
  'receipts as an array',
  own(() => ({ parent: 'receipts', content: { any: [{ d: {}, r: {} }] } })),
);
for (const key of ['__proto__', 'constructor', '']) {
  hostile(
    `the receipt of “${key}”`,
    own(() => ({ parent: 'receipts', key, content: { any: [{ d: {}, r: {} }] } })),
  );
}
hostile(
  "a child of the victim's message",
  own((scene, clock) => ({
    parent: scene.victimMessage,
    content: { any: [scene.message(scene.attackerWriter, clock)] },
  })),
);
hostile(
  "a child of one's own message, as a map",
  own((scene, clock) => ({
    parent: scene.attackerMessage,
    key: 'text',
    content: { any: [scene.message(scene.attackerWriter, clock)] },
  })),
);
hostile(
  'a message behind a receipt',
  own((scene, clock) => ({
    origin: scene.receipt(scene.attacker),
    content: { any: [scene.message(scene.attackerWriter, clock)] },
  })),
);
hostile(
  'a receipt behind a message',
  own((scene) => ({ origin: scene.end, content: { any: [{ d: {}, r: {} }] } })),
);
hostile("a chain of origins that ends in the victim's receipt", (scene) => {
  const clock = scene.clock(scene.attackerWriter);
  const receipt: RawStruct['content'] = { any: [{ d: {}, r: {} }] };
  return rawUpdate({
    sections: [
      { client: scene.attackerWriter, clock, structs: [{ origin: [scene.fresh, 1], content: receipt }] },
      {
        client: scene.fresh,
        clock: 0,
        structs: [
          { origin: scene.receipt(scene.victim), content: receipt },
          { origin: [scene.fresh, 0], content: receipt },
        ],
      },
    ],
  });
});
hostile(
  'an origin that is the struct itself',
  own((scene, clock) => ({
    origin: [scene.attackerWriter, clock],
    content: { any: [scene.message(scene.attackerWriter, clock)] },
  })),
);
hostile(
  "an origin that is the struct's last element",
  own((scene, clock) => ({
    origin: [scene.attackerWriter, clock + 1],
    content: { any: [0, 1].map((offset) => scene.message(scene.attackerWriter, clock + offset)) },
  })),
);
hostile(
  'an origin that is the next struct',
  own((scene, clock) => [
    { origin: [scene.attackerWriter, clock + 1], content: { any: [scene.message(scene.attackerWriter, clock)] } },
    scene.append(scene.attackerWriter, clock + 1),
  ]),
);
hostile('origins in a circle of two writers', (scene) => {
  const clock = scene.clock(scene.attackerWriter);
  return rawUpdate({
    sections: [
      {
        client: scene.attackerWriter,
        clock,
        structs: [{ origin: [scene.fresh, 0], content: { any: [scene.message(scene.attackerWriter, clock)] } }],
      },
      {
        client: scene.fresh,
        clock: 0,
        structs: [{ origin: [scene.attackerWriter, clock], content: { any: [scene.message(scene.fresh, 0)] } }],
      },
    ],
  });
});
hostile('origins in a circle of three writers, through later structs', (scene) => {
  const { attackerWriter, fresh, fresh2 } = scene;
  const clock = scene.clock(attackerWriter);
  const at = (client: number, own: number, origin: readonly [number, number]): RawStruct => ({
    origin,
    content: { any: [scene.message(client, own)] },
  });
  return rawUpdate({
    sections: [
      {
        client: attackerWriter,
        clock,
        structs: [scene.append(attackerWriter, clock), at(attackerWriter, clock + 1, [fresh, 1])],
      },
      { client: fresh, clock: 0, structs: [scene.append(fresh, 0), at(fresh, 1, [fresh2, 1])] },
      { client: fresh2, clock: 0, structs: [scene.append(fresh2, 0), at(fresh2, 1, [attackerWriter, clock + 1])] },
    ],
  });
});
hostile('a message that begins inside what is known of a receipt', (scene) => {
  const [client, clock] = scene.receipt(scene.attacker);
  const next = scene.clock(client);
  const any = Array.from({ length: next - clock + 1 }, (_, offset) => scene.message(client, clock + offset));
  return rawUpdate({ sections: [{ client, clock, structs: [{ parent: 'messages', content: { any } }] }] });
});

// Contents.
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
for (const at of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -1, 1e300, 8.64e15 + 1]) {
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

// Bytes.
const honest = (scene: Scene): Uint8Array => own((_, clock) => scene.append(scene.attackerWriter, clock))(scene);
for (const missing of [1, 2, 5, 20]) {
  hostile(`an honest update without its last ${missing} bytes`, (scene) => honest(scene).slice(0, -missing));
}
hostile('an honest update and one more byte', (scene) => new Uint8Array([...honest(scene), 0]));
hostile('an honest update, twice', (scene) => new Uint8Array([...honest(scene), ...honest(scene)]));
hostile('no bytes', () => new Uint8Array(0));
hostile('random bytes', () => Uint8Array.from({ length: 1_000 }, (_, index) => (index * 7919 + 13) % 251));
hostile('an update in the other encoding', (scene) => Y.convertUpdateFormatV1ToV2(honest(scene)));
hostile('a writer that stands twice', (scene) => {
  const client = scene.attackerWriter;
  const clock = scene.clock(client);
  const section = { client, clock, structs: [scene.append(client, clock)] };
  return rawUpdate({ sections: [section, { client, clock: clock + 1, structs: [scene.append(client, clock + 1)] }] });
});
hostile('a writer that stands twice, with other content for the same clock', (scene) => {
  const client = scene.attackerWriter;
  const clock = scene.clock(client);
  return rawUpdate({
    sections: [
      { client, clock, structs: [scene.append(client, clock)] },
      { client, clock, structs: [scene.append(client, clock, { from: scene.victim })] },
    ],
  });
});
hostile('a claim of 2^40 writers', () => rawUpdate({ sectionCount: HUGE }));
hostile('a claim of 2^40 structs', (scene) =>
  rawUpdate({ sections: [{ client: scene.attackerWriter, clock: 0, structs: [], count: HUGE }] }),
);
hostile('a claim of 2^31 structs', (scene) =>
  rawUpdate({ sections: [{ client: scene.attackerWriter, clock: 0, structs: [], count: 2 ** 31 }] }),
);
hostile(
  'a claim of 2^40 values',
  own((scene) => ({ origin: scene.end, content: { any: [], count: HUGE } })),
);
hostile(
  'a claim of 2^40 keys',
  value(() => new RawAny(118, Uint8Array.of(0x80, 0x80, 0x80, 0x80, 0x80, 0x20))),
);
hostile(
  'a claim of a text of 2^40 bytes',
  message(() => ({
    text: new RawAny(119, Uint8Array.of(0x80, 0x80, 0x80, 0x80, 0x80, 0x20)),
  })),
);
hostile('a claim of 2^40 deletions', () => rawUpdate({ deleteCount: HUGE }));
hostile('a claim of 2^40 deleted ranges', (scene) =>
  rawUpdate({ deletes: [{ client: scene.attackerWriter, ranges: [], count: HUGE }] }),
);
hostile('a number above 2^53', () => Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f));
hostile('a number without end', () => new Uint8Array(1_000).fill(0xff));
hostile(
  'a text that is no UTF-8',
  message(() => ({ text: new RawAny(119, Uint8Array.of(2, 0xc3, 0x28)) })),
);
hostile(
  'half a surrogate pair',
  message(() => ({ text: new RawAny(119, Uint8Array.of(3, 0xed, 0xa0, 0x80)) })),
);
hostile('deletions that name the same elements again and again', (scene) => {
  const clock = scene.clock(scene.attackerWriter);
  return rawUpdate({
    deletes: [
      { client: scene.attackerWriter, ranges: Array.from({ length: 5_000 }, () => [0, clock] as [number, number]) },
    ],
  });
});
hostile('deletions of one writer in two lists', (scene) => {
  const [client, clock] = scene.attackerMessage;
  const list = { client, ranges: [[clock, 1]] as [number, number][] };
  return rawUpdate({ deletes: [list, list] });
});
hostile(
  'thousands of messages that all follow the first one',
  own((scene, clock) =>
    Array.from({ length: 2_000 }, (_, index) => ({
      origin: scene.victimMessage,
      content: { any: [scene.message(scene.attackerWriter, clock + index)] },
    })),
  ),
);
hostile(
  'thousands of deleted receipts that all follow the first one',
  own((scene) =>
    Array.from({ length: 2_000 }, () => ({ origin: scene.receipt(scene.attacker), content: { deleted: 1 } })),
  ),
);
hostile('a message each of a thousand writers', (scene) =>
  rawUpdate({
    sections: Array.from({ length: 1_000 }, (_, index) => ({
      client: scene.fresh + index,
      clock: 0,
      structs: [scene.append(scene.fresh + index, 0)],
    })),
  }),
);
hostile(
  `${MAX_UPDATE_ELEMENTS + 1} values`,
  own((scene, clock) => ({
    origin: scene.end,
    content: {
      any: Array.from({ length: MAX_UPDATE_ELEMENTS + 1 }, (_, offset) =>
        scene.message(scene.attackerWriter, clock + offset),
      ),
    },
  })),
);
hostile(
  `${MAX_UPDATE_ELEMENTS + 1} structs`,
  own((scene) =>
    Array.from({ length: MAX_UPDATE_ELEMENTS + 1 }, () => ({
      origin: scene.receipt(scene.attacker),
      content: { deleted: 1 },
    })),
  ),
);
hostile(`${MAX_UPDATE_ELEMENTS + 1} deleted ranges`, (scene) =>
  rawUpdate({
    deletes: [
      {
        client: scene.attackerWriter,
        ranges: Array.from({ length: MAX_UPDATE_ELEMENTS + 1 }, (_, index) => [2 * index, 1]),
      },
    ],
  }),
);

export const HOSTILE_UPDATES: readonly HostileUpdate[] = list;
