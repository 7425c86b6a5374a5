/** Judges what is handed in to a conversation's document: inspects it, asks whether the verdict is certain, and settles it. */
import { isEdit, isMessage } from '../../schema/document/message.ts';
import { type MessageId, messageId } from '../../schema/ids.ts';
import { CONVERSATION_GRAMMAR, type ConversationContents } from './conversation-grammar.ts';
import type { FindFile } from './file-claims.ts';
import { inspect } from './inspect.ts';
import type { Judge } from './judgement.ts';
import { isTooMany } from './reactions.ts';
import type { Replica } from './replica.ts';
import { settle } from './settle.ts';

export const judgeMessages: Judge = (replica, { user, bytes, isComplete, isConfirmed, nowMs, findFile }) => {
  const { doc, userOf } = replica;
  const inspection = inspect(bytes, { doc, grammar: CONVERSATION_GRAMMAR, user, userOf, isComplete });
  if (inspection.is !== 'sound') return inspection;
  const { update } = inspection;
  const { contents, writers, unbound } = update;
  if (contents.reactions.length > 0 && isTooMany(doc, user, contents.reactions))
    return { is: 'hostile', why: 'reactions to more messages than there can be' };
  // Yjs knows nothing of what a marker or a reaction refers to: its target may come with the backlog, as a missing origin would.
  if (!isComplete && hasUnknownTarget(replica, contents)) return { is: 'gap' };
  const role = replica.members.get(user);
  // Refusals are final, and whoever is no member here may have been let in. (What else is refused makes an entry, so its commit tells.)
  if (!isConfirmed && (!role || isAhead(replica, contents))) return { is: 'doubtful' };
  if (role && namesUnknownFile(contents, findFile)) return { is: 'doubtful' };
  if (!role) {
    const ids = contents.appended.map(({ client, clock }) => messageId(client, clock));
    return {
      is: 'settled',
      update: undefined,
      refused: [{ kind: 'not-member', ids }],
      writers: [],
      unbound: [],
      erases: false,
    };
  }
  const { index, kind, isClosed, isReadOnly } = replica;
  const canModerate = kind === 'group' && role !== 'member';
  const settled = settle(update, { doc, index, user, canModerate, isClosed, isReadOnly, findFile, nowMs });
  return { is: 'settled', writers, unbound, ...settled };
};

/** Whether a file was not looked up yet; asking for all of them has them looked up together. */
function namesUnknownFile({ appended }: ConversationContents, findFile: FindFile): boolean {
  let isUnknown = false;
  for (const { element } of appended) {
    if (!('files' in element)) continue;
    for (const { id } of element.files ?? []) if (findFile(id) === undefined) isUnknown = true;
  }
  return isUnknown;
}

function hasUnknownTarget({ index }: Replica, { appended, reactions }: ConversationContents): boolean {
  let own: Set<MessageId> | undefined;
  const isUnknown = (target: MessageId): boolean => {
    if (index.find(target)) return false;
    own ??= new Set(appended.flatMap((other) => (isMessage(other.element) ? [other.element.id] : [])));
    return !own.has(target);
  };
  return (
    appended.some(({ element }) => !isMessage(element) && isUnknown(isEdit(element) ? element.edit : element.del)) ||
    reactions.some(isUnknown)
  );
}

/** Whether a receipt covers messages that are not here: another server may have them already. */
function isAhead({ index }: Replica, { receipts }: ConversationContents): boolean {
  return receipts.some(({ d, r }) =>
    [d, r].some((vector) => Object.entries(vector).some(([writer, clock]) => clock > index.lastClock(writer))),
  );
}
