/**
 * Updates that no honest client can produce, each by the name of what it tries. `asUpdate: 'asked'` is what may also be an
 * honest update that has overtaken its predecessors: it is dropped with a question, and hostile only as a complete state.
 */
import { AUTHORS } from './authors.ts';
import { BYTES } from './bytes.ts';
import { CONTENTS } from './contents.ts';
import { FILES } from './files.ts';
import { HOLES_AND_DELETIONS } from './holes-and-deletions.ts';
import { PLACES } from './places.ts';
import { REACTIONS } from './reactions.ts';
import type { HostileUpdate } from './vocabulary.ts';

export const HOSTILE_UPDATES: readonly HostileUpdate[] = [
  ...AUTHORS,
  ...HOLES_AND_DELETIONS,
  ...PLACES,
  ...CONTENTS,
  ...FILES,
  ...REACTIONS,
  ...BYTES,
];
