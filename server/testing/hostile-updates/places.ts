/** Insertions where nothing may be inserted. */
import { type RawStruct, rawUpdate } from '../raw-update.ts';
import { begin, own } from './vocabulary.ts';

const { list, hostile } = begin();

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

export const PLACES = list;
