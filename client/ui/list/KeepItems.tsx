/** The items of a menu that say how one keeps a conversation. */
import { Menu } from '@base-ui/react/menu';
import type { ConversationSummary } from '../../conversation/conversation.ts';
import menu from '../parts/Menu.module.css';
import { useSession } from '../session.ts';
import { keepChoices } from './keep-choices.ts';

export function KeepItems({ summary }: { summary: ConversationSummary }) {
  const { shared } = useSession().messenger;
  return keepChoices(summary, shared).map(({ key, label, Icon, choose }) => (
    <Menu.Item key={key} className={menu.item} onClick={choose}>
      <Icon aria-hidden="true" />
      {label}
    </Menu.Item>
  ));
}
