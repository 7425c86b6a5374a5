/** What somebody has read and tells nobody else, as a value of `conversations` in the account document says it. */
import { type ConversationId, MAX_CLIENT_ID, MAX_CLOCK } from '../../schema/ids.ts';

/** "Of this document everything of `writer` up to `clock` was read." */
export interface PrivateRead {
  readonly conversation: ConversationId;
  readonly epoch: number;
  readonly writer: number;
  readonly clock: number;
}

const CONVERSATION = /^[A-Za-z0-9_-]{1,64}$/;
/** Whether a key that any client may have written can be the id of a conversation, and so stand in a row. */
export const isConversationName = (key: string): key is ConversationId => CONVERSATION.test(key);

const EPOCH = /^(0|[1-9][0-9]{0,8})$/;
const WRITER = /^(0|[1-9a-z][0-9a-z]{0,6})$/;

/** Reads `r` of a value that any client may have written: what is not of its shape says nothing. */
export function privateReads(conversation: string, value: unknown): PrivateRead[] {
  if (!isConversationName(conversation)) return [];
  return entriesOf(entriesOf(value).find(([key]) => key === 'r')?.[1]).flatMap(([epoch, vector]) =>
    EPOCH.test(epoch)
      ? entriesOf(vector).flatMap(([name, clock]) => {
          const writer = WRITER.test(name) ? Number.parseInt(name, 36) : Number.POSITIVE_INFINITY;
          if (writer > MAX_CLIENT_ID || !isClock(clock)) return [];
          return [{ conversation, epoch: Number(epoch), writer, clock }];
        })
      : [],
  );
}

const entriesOf = (value: unknown): [string, unknown][] =>
  typeof value === 'object' && value !== null ? Object.entries(value) : [];

const isClock = (value: unknown): value is number =>
  Number.isSafeInteger(value) && Number(value) >= 0 && Number(value) <= MAX_CLOCK;
