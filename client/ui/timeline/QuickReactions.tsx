/** The emoji that most people mean, at the top of a message's menu, and the way to all others. */
import { Menu } from '@base-ui/react/menu';
import { Plus } from 'lucide-react';
import { t } from '../../language/translate.ts';
import styles from './QuickReactions.module.css';

const QUICK = ['👍', '❤️', '😂', '😮', '😢', '🙏'];

export function QuickReactions({
  given,
  onReact,
  onMore,
}: {
  /** By this person, to this message. */
  given: readonly string[];
  onReact: (emoji: string) => void;
  onMore: () => void;
}) {
  return (
    <Menu.Group className={styles.quick} aria-label={t('reactions.title')}>
      {QUICK.map((emoji) => (
        <Menu.Item
          key={emoji}
          className={styles.emoji}
          data-given={given.includes(emoji) || undefined}
          aria-label={given.includes(emoji) ? t('reactions.takeBack', { emoji }) : t('reactions.give', { emoji })}
          onClick={() => onReact(emoji)}
        >
          {emoji}
        </Menu.Item>
      ))}
      <Menu.Item className={styles.emoji} aria-label={t('reactions.more')} onClick={onMore}>
        <Plus aria-hidden="true" />
      </Menu.Item>
    </Menu.Group>
  );
}
