/**
 * The conversations of the realistic mix: each person is in one of two people, in one of ten and in one of twenty; groups have a
 * history that everybody has read. Made for a range of people at a time, as they come.
 */
import type { ConversationId, UserId } from '../../../../schema/ids.ts';
import type { ElementId } from '../../generator/message.ts';
import { historyEnd, seedHistory } from '../../history.ts';
import type { Laboratory } from '../../laboratory.ts';
import { userId } from '../../seed.ts';

export interface MixConversation {
  readonly id: string;
  readonly document: string;
  /** By place; each has one writer in its history, or none where there is no history. */
  readonly people: readonly string[];
  /** The newest message that anybody has seen: what the next one is appended after. */
  last: ElementId | undefined;
  /** How many have it open. */
  listeners: number;
  readonly history: ReturnType<typeof historyEnd> | undefined;
}

const GROUP_SIZES = [10, 20];
/** A screen or two. */
const HISTORY_MESSAGES = 30;
/** Connections to Postgres that the benchmark has. */
const AT_ONCE = 3;

/** Conversations of the people numbered from `from` to `to` − 1, by person. Both are multiples of the largest group. */
export async function makeConversations(
  laboratory: Laboratory,
  { from, to }: { from: number; to: number },
): Promise<MixConversation[][]> {
  const byPerson: MixConversation[][] = Array.from({ length: to - from }, () => []);
  for (const member of await laboratory.rooms('tidewire', to - from, 2, from)) {
    const person = Number(member.user.slice('benchuser'.length)) - from;
    const other = byPerson[person - 1]?.[0];
    const people = [userId(from + person - (person % 2)), userId(from + person - (person % 2) + 1)];
    byPerson[person]?.push(
      person % 2 === 1 && other
        ? other
        : {
            ...{ id: member.roomName, document: member.document as string, people },
            ...{ last: undefined, listeners: 0, history: undefined },
          },
    );
  }
  const groups = GROUP_SIZES.flatMap((size) =>
    Array.from({ length: (to - from) / size }, (_, n) => ({ size, first: n * size })),
  );
  let next = 0;
  const work = async (): Promise<void> => {
    for (let group = groups[next++]; group; group = groups[next++]) {
      const { size, first } = group;
      const id = `mix-${size}-${String(from + first).padStart(6, '0')}` as ConversationId;
      const people = Array.from({ length: size }, (_, place) => userId(from + first + place) as UserId);
      await seedHistory(laboratory.pool, { conversation: id, people, messages: HISTORY_MESSAGES });
      const history = historyEnd({ people: size, messages: HISTORY_MESSAGES });
      const conversation = { id, document: `${id}.0`, people, last: history.last, listeners: 0, history };
      for (let place = 0; place < size; place++) byPerson[first + place]?.push(conversation);
    }
  };
  await laboratory.unpinned(() => Promise.all(Array.from({ length: AT_ONCE }, work)));
  return byPerson;
}
