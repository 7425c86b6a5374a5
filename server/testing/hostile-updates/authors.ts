/** Updates in the name or with the writer of somebody else. */
import { type RawStruct, rawUpdate } from '../raw-update.ts';
import { begin, deletes, HUGE, message, own, value } from './vocabulary.ts';

const { list, hostile } = begin();

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

export const AUTHORS = list;
