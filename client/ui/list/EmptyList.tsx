/** What stands in place of a list without lines: why there are none, and what to do about it. */
import { MailCheck, MessagesSquare, Users } from 'lucide-react';
import { t } from '../../language/translate.ts';
import { Button } from '../parts/Button.tsx';
import { Notice } from '../parts/Notice.tsx';
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
      <Notice icon={<MailCheck />} title={t('list.noneUnread')} hint={t('list.noneUnreadHint')}>
        <Button onClick={onShowAll}>{t('list.showAll')}</Button>
      </Notice>
    );
  const isGroups = filter === 'groups';
  return (
    <Notice
      icon={isGroups ? <Users /> : <MessagesSquare />}
      title={isGroups ? t('list.noGroups') : t('list.emptyTitle')}
      hint={isGroups ? t('list.noGroupsHint') : t('list.emptyHint')}
    >
      <Button look="primary" onClick={onNew}>
        {t('list.new')}
      </Button>
    </Notice>
  );
}
