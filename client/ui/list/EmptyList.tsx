/** What stands in place of a list without lines: why there are none, and what to do about it. */
import { MailCheck, MessagesSquare, Users } from 'lucide-react';
import { Button } from '../parts/Button.tsx';
import { Notice } from '../parts/Notice.tsx';
import { text } from '../text.ts';
import type { ListFilter } from './list-filter.ts';

export function EmptyList({
  filter,
  onShowAll,
  onNew,
}: {
  filter: ListFilter;
  onShowAll: () => void;
  onNew: () => void;
}) {
  if (filter === 'unread')
    return (
      <Notice icon={<MailCheck />} title={text.list.noneUnread} hint={text.list.noneUnreadHint}>
        <Button onClick={onShowAll}>{text.list.showAll}</Button>
      </Notice>
    );
  const isGroups = filter === 'groups';
  return (
    <Notice
      icon={isGroups ? <Users /> : <MessagesSquare />}
      title={isGroups ? text.list.noGroups : text.list.emptyTitle}
      hint={isGroups ? text.list.noGroupsHint : text.list.emptyHint}
    >
      <Button look="primary" onClick={onNew}>
        {text.list.new}
      </Button>
    </Notice>
  );
}
