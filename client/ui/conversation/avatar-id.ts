/** Whose picture stands for a conversation. */
import type { UserId } from '../../../schema/ids.ts';
import type { ConversationSummary } from '../../conversation/conversation.ts';
import { otherOf } from '../presence.ts';

/** A direct conversation wears the colour of the other person, as that person's messages elsewhere do. */
export const avatarId = (summary: ConversationSummary, me: string): string =>
  otherOf(summary, me as UserId) ?? summary.id;
