/** What a person may do with a member of a group. The server decides by the same rules; this only spares people refusals. */
import type { ConversationSummary } from '../../conversation/conversation.ts';

type Member = ConversationSummary['members'][number];

export interface MemberRights {
  /** The roles they may give. */
  readonly roles: readonly Member['role'][];
  readonly canRemove: boolean;
}

const NONE: MemberRights = { roles: [], canRemove: false };
const ROLES = ['owner', 'admin', 'member'] as const;

/** Owners and admins. */
export const canManage = (summary: ConversationSummary, me: string): boolean =>
  summary.kind === 'group' && ['owner', 'admin'].includes(roleOf(summary, me) ?? '');

export function rightsOver(target: Member, summary: ConversationSummary, me: string): MemberRights {
  const own = roleOf(summary, me);
  if (summary.kind !== 'group' || !own || own === 'member') return NONE;
  const isMe = target.id === me;
  const owners = summary.members.filter(({ role }) => role === 'owner').length;
  // A group keeps an owner.
  const mayChange = own === 'owner' && (target.role !== 'owner' || owners > 1);
  return {
    roles: mayChange ? ROLES.filter((role) => role !== target.role) : [],
    // Oneself one does not remove, one leaves.
    canRemove: !isMe && (own === 'owner' || target.role === 'member'),
  };
}

const roleOf = (summary: ConversationSummary, id: string): Member['role'] | undefined =>
  summary.members.find((member) => member.id === id)?.role;
