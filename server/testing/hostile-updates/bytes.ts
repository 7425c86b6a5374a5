/** Bytes that are no update, or none that Yjs writes. */
import * as Y from 'yjs';
import { MAX_UPDATE_ELEMENTS } from '../../../schema/limits.ts';
import { RawAny, rawUpdate } from '../raw-update.ts';
import type { Scene } from '../scene.ts';
import { begin, HUGE, message, own, value } from './vocabulary.ts';

const { list, hostile } = begin();

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

export const BYTES = list;
