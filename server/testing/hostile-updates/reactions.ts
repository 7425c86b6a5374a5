/** Reactions of somebody else, under keys that are none, or with values that are none. */
import { messageId } from '../../../schema/ids.ts';
import { MAX_EMOJI_UNITS, MAX_REACTION_EMOJI } from '../../../schema/limits.ts';
import { RawAny, type RawStruct, rawUpdate } from '../raw-update.ts';
import type { Scene } from '../scene.ts';
import { begin, deletes, HUGE, object, own, string, value } from './vocabulary.ts';

const { list, hostile } = begin();

const on = ({ victimMessage: [client, clock] }: Scene): string => messageId(client, clock);
const reaction = (scene: Scene, ...emoji: string[]) => ({ on: on(scene), emoji });
/** A value under a key of `reactions`. */
const under = (key: (scene: Scene) => string, make: (scene: Scene) => unknown = (scene) => reaction(scene, '👍')) =>
  own((scene) => ({ parent: 'reactions', key: key(scene), content: { any: [make(scene)] } }));
/** Values over the attacker's own reaction. */
const instead = (make: (scene: Scene) => unknown[]) =>
  own((scene) => ({ origin: scene.reaction(scene.attacker), content: { any: make(scene) } }));

// Whose, and where.
hostile(
  "a new reaction under the victim's key",
  under((scene) => `${scene.victim}/${on(scene)}`),
);
hostile(
  "overwriting the victim's reaction without saying that it deletes",
  own((scene) => ({ origin: scene.reaction(scene.victim), content: { any: [reaction(scene, '👍')] } })),
);
hostile("overwriting the victim's reaction", (scene) => {
  const origin = scene.reaction(scene.victim);
  const structs: RawStruct[] = [{ origin, content: { any: [reaction(scene, '👍')] } }];
  return rawUpdate({
    sections: [{ client: scene.attackerWriter, clock: scene.clock(scene.attackerWriter), structs }],
    deletes: [{ client: origin[0], ranges: [[origin[1], 1]] }],
  });
});
hostile(
  "deleted content over the victim's reaction",
  own((scene) => ({ origin: scene.reaction(scene.victim), content: { deleted: 1 } })),
);
hostile(
  "deleting the victim's reaction",
  deletes((scene) => [...scene.reaction(scene.victim), 1]),
);
hostile("the victim's writer for the attacker's own reaction", (scene) => {
  const structs: RawStruct[] = [{ origin: scene.reaction(scene.attacker), content: { any: [reaction(scene, '👍')] } }];
  return rawUpdate({ sections: [{ client: scene.victimWriter, clock: scene.clock(scene.victimWriter), structs }] });
});
hostile("a chain of origins that ends in the victim's reaction", (scene) => {
  const content: RawStruct['content'] = { any: [reaction(scene, '👍')] };
  const clock = scene.clock(scene.attackerWriter);
  return rawUpdate({
    sections: [
      { client: scene.attackerWriter, clock, structs: [{ origin: [scene.fresh, 0], content }] },
      { client: scene.fresh, clock: 0, structs: [{ origin: scene.reaction(scene.victim), content }] },
    ],
  });
});
for (const key of ['', '/', '__proto__', 'constructor', '__proto__/a-0'])
  hostile(
    `the reaction of “${key}”`,
    under(() => key),
  );
for (const rest of ['', '/', '/A-0', '/__proto__', '/a-0/b-0', '/a-0 '])
  hostile(
    `a key that names oneself and “${rest}”`,
    under((scene) => `${scene.attacker}${rest}`),
  );
hostile(
  'a key that names another message than its value',
  under((scene) => `${scene.attacker}/zz-7`),
);
hostile(
  'deleted content under a key that names no message',
  own((scene) => ({ parent: 'reactions', key: `${scene.attacker}/`, content: { deleted: 1 } })),
);
hostile(
  '2^40 deleted elements under one’s own key',
  own((scene) => ({ origin: scene.reaction(scene.attacker), content: { deleted: HUGE } })),
);
hostile(
  'reactions as an array',
  own((scene) => ({ parent: 'reactions', content: { any: [reaction(scene, '👍')] } })),
);
hostile(
  'a reaction in messages',
  value((scene) => reaction(scene, '👍')),
);
hostile(
  'a reaction as one’s own receipt',
  own((scene) => ({ origin: scene.receipt(scene.attacker), content: { any: [reaction(scene, '👍')] } })),
);
hostile(
  'a message behind a reaction',
  own((scene, clock) => ({
    origin: scene.reaction(scene.attacker),
    content: { any: [scene.message(scene.attackerWriter, clock)] },
  })),
);
hostile(
  "a receipt over one's own reaction",
  instead(() => [{ d: {}, r: {} }]),
);

// Values that are none.
for (const content of [{ json: ['{"on":"a-0"}'] }, { string: '👍' }, { embed: '👍' }, { type: 1 }, { doc: 'guid' }])
  hostile(
    `${Object.keys(content)[0]} as one’s own reaction`,
    own((scene) => ({ origin: scene.reaction(scene.attacker), content: content as RawStruct['content'] })),
  );
for (const each of [null, undefined, 1, '👍', ['👍'], {}]) {
  hostile(
    `the value ${JSON.stringify(each) ?? 'undefined'} as one’s own reaction`,
    instead(() => [each]),
  );
  if (each !== undefined && !Array.isArray(each))
    hostile(
      `the emoji ${JSON.stringify(each)}`,
      instead((scene) => [{ on: on(scene), emoji: each }]),
    );
}
hostile(
  'a reaction without emoji',
  instead((scene) => [{ on: on(scene) }]),
);
hostile(
  'a reaction to nothing',
  instead(() => [{ emoji: ['👍'] }]),
);
hostile(
  'a reaction to what is no id',
  instead(() => [{ on: '../../etc', emoji: ['👍'] }]),
);
hostile(
  'a reaction with a third key',
  instead((scene) => [{ ...reaction(scene, '👍'), at: 1 }]),
);
hostile(
  'two reactions in one struct',
  instead((scene) => [reaction(scene, '👍'), reaction(scene, '👍')]),
);
hostile(
  'an emoji that stands twice',
  instead((scene) => [reaction(scene, '👍', '👍')]),
);
hostile(
  'one emoji too many',
  instead((scene) => [reaction(scene, ...Array.from({ length: MAX_REACTION_EMOJI + 1 }, (_, index) => `${index}️⃣`))]),
);
hostile(
  'an emoji that is too long',
  instead((scene) => [reaction(scene, 'x'.repeat(MAX_EMOJI_UNITS + 1))]),
);
hostile(
  'an emoji that is a number',
  instead((scene) => [{ on: on(scene), emoji: [1] }]),
);
hostile(
  'the key __proto__ in a reaction',
  instead((scene) => [object(['on', string(on(scene))], ['__proto__', new RawAny(117, 0)])]),
);

export const REACTIONS = list;
