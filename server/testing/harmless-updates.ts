/** Updates that say nothing new, whatever they claim about what is known already: ignored, as honest devices relay such things. */
import * as Y from 'yjs';
import { rawUpdate } from './raw-update.ts';
import type { Scene } from './scene.ts';

interface HarmlessUpdate {
  readonly name: string;
  readonly make: (scene: Scene) => Uint8Array;
}

export const HARMLESS_UPDATES: readonly HarmlessUpdate[] = [
  { name: 'nothing', make: () => rawUpdate({}) },
  { name: 'all that is known', make: ({ doc }) => Y.encodeStateAsUpdate(doc) },
  {
    name: "a GC over the victim's messages",
    make: ({ victimWriter, ...scene }) =>
      rawUpdate({
        sections: [
          { client: victimWriter, clock: 0, structs: [{ content: { gc: Y.getState(scene.doc.store, victimWriter) } }] },
        ],
      }),
  },
  {
    name: "a Skip over the victim's messages",
    make: ({ victimWriter }) =>
      rawUpdate({ sections: [{ client: victimWriter, clock: 0, structs: [{ content: { skip: 1 } }] }] }),
  },
  {
    name: "other content for the victim's messages",
    make: (scene) => {
      const [client, clock] = scene.victimMessage;
      return rawUpdate({
        sections: [
          { client, clock, structs: [{ parent: 'messages', content: { any: [scene.message(client, clock)] } }] },
        ],
      });
    },
  },
  {
    name: "other content for one's own messages",
    make: (scene) => {
      const [client, clock] = scene.attackerMessage;
      return rawUpdate({
        sections: [
          {
            client,
            clock,
            structs: [{ parent: 'messages', content: { any: [scene.message(client, clock, { text: 'rewritten' })] } }],
          },
        ],
      });
    },
  },
  {
    name: 'the deletion of what is deleted',
    make: ({ doc }) => {
      const deletes: { client: number; ranges: [number, number][] }[] = [];
      for (const [client, ranges] of Y.createDeleteSetFromStructStore(doc.store).clients) {
        deletes.push({ client, ranges: ranges.map(({ clock, len }) => [clock, len]) });
      }
      return rawUpdate({ deletes });
    },
  },
  {
    name: 'a writer without structs',
    make: ({ fresh }) => rawUpdate({ sections: [{ client: fresh, clock: 7, structs: [] }] }),
  },
];
