/** Updates that leave holes, and deletions of what one may not delete. */
import * as Y from 'yjs';
import { type RawStruct, rawUpdate } from '../raw-update.ts';
import { begin, deletes, HUGE, own } from './vocabulary.ts';

const { list, hostile, asked } = begin();

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

export const HOLES_AND_DELETIONS = list;
