/** Every hostile update of the list is judged without a database; sockets are tried in `attacks.pg.test.ts`. */
import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { bareScene } from '../testing/bare-scene.ts';
import { HOSTILE_UPDATES } from '../testing/hostile-updates/index.ts';

describe('inspect refuses', () => {
  test.each(HOSTILE_UPDATES.map((each) => [each.name, each] as const))('%s', (_, { make, asUpdate }) => {
    const { room, scene } = bareScene();
    const bytes = make(scene);
    const before = Y.encodeStateAsUpdate(room.doc);
    const asked = room.inspect({ user: scene.attacker, bytes });
    const complete = room.inspect({ user: scene.attacker, bytes, isComplete: true });
    expect([asUpdate === 'asked' ? 'gap' : 'hostile or malformed', 'hostile or malformed']).toEqual([
      asked.is === 'hostile' || asked.is === 'malformed' ? 'hostile or malformed' : asked.is,
      complete.is === 'hostile' || complete.is === 'malformed' ? 'hostile or malformed' : complete.is,
    ]);
    expect(Y.encodeStateAsUpdate(room.doc)).toEqual(before);
  });
});
