import { expect, test } from 'vitest';
import type { ConversationId, UserId } from '../../../schema/ids.ts';
import type { ConversationSummary } from '../../conversation/conversation.ts';
import { canManage, rightsOver } from './member-rights.ts';

type Role = ConversationSummary['members'][number]['role'];

const group = (roles: Record<string, Role>): ConversationSummary => ({
  id: 'c' as ConversationId,
  kind: 'group',
  title: 'Plans',
  members: Object.entries(roles).map(([id, role]) => ({ id: id as UserId, name: id, role })),
  unread: 0,
});

/** "member>admin,owner!": what `me` may make of the target, `!` when they may remove them. */
function rights(me: string, target: string, roles: Record<string, Role>): string {
  const summary = group(roles);
  const member = summary.members.find(({ id }) => id === target) as ConversationSummary['members'][number];
  const { roles: may, canRemove } = rightsOver(member, summary, me);
  return `${may.join(',')}${canRemove ? '!' : ''}`;
}

test('[C2] owners change and remove everybody, admins remove plain members, members nobody', () => {
  const roles: Record<string, Role> = { ana: 'owner', bo: 'admin', cy: 'member', di: 'admin' };
  expect(rights('ana', 'bo', roles)).toBe('owner,member!');
  expect(rights('ana', 'cy', roles)).toBe('owner,admin!');
  expect(rights('bo', 'cy', roles)).toBe('!');
  for (const target of ['ana', 'bo', 'di']) expect(rights('bo', target, roles), target).toBe('');
  for (const target of Object.keys(roles)) expect(rights('cy', target, roles), target).toBe('');
  expect(Object.keys(roles).filter((me) => canManage(group(roles), me))).toEqual(['ana', 'bo', 'di']);
});

test('[C2] an owner steps down, and is made to, only where there is another one', () => {
  expect(rights('ana', 'ana', { ana: 'owner', bo: 'admin' })).toBe('');
  expect(rights('ana', 'ana', { ana: 'owner', bo: 'owner' })).toBe('admin,member');
  expect(rights('ana', 'bo', { ana: 'owner', bo: 'owner' })).toBe('admin,member!');
});

test('nobody manages a direct conversation, or a group they are not in', () => {
  const direct = { ...group({ ana: 'member', bo: 'member' }), kind: 'direct' as const };
  expect(canManage(direct, 'ana')).toBe(false);
  expect(canManage(group({ ana: 'owner' }), 'bo')).toBe(false);
  expect(rights('bo', 'ana', { ana: 'owner' })).toBe('');
});
