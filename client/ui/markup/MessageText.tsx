/**
 * The text of a message. Most have no signs of formatting and are not parsed. The block around it gives the direction.
 */
import type { ConversationSummary } from '../../conversation/conversation.ts';
import { emojiPattern } from '../emoji/emoji-pattern.ts';
import { FormattedText } from './FormattedText.tsx';
import { linkify } from './linkify.ts';
import { MessageLink } from './MessageLink.tsx';
import styles from './MessageText.module.css';
import { mayBeMarkedUp } from './markup.ts';

export function MessageText({
  children,
  isTabbable,
  members,
}: {
  children: string;
  isTabbable: boolean;
  /** Who can be mentioned, by the names that they have now. */
  members: ConversationSummary['members'];
}) {
  return (
    <span data-text className={`${styles.text} ${isOnlyEmoji(children) ? styles.emoji : ''}`}>
      {mayBeMarkedUp(children) ? (
        <FormattedText {...{ isTabbable, members }}>{children}</FormattedText>
      ) : (
        plain(children, isTabbable)
      )}
    </span>
  );
}

const plain = (text: string, isTabbable: boolean) =>
  linkify(text).map((part, index) =>
    typeof part === 'string' ? (
      part
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text never move
      <MessageLink key={index} href={part.href} isTabbable={isTabbable}>
        {part.label}
      </MessageLink>
    ),
  );

/** Up to three emoji and nothing else are shown large. */
const ONLY_EMOJI = emojiPattern('^(?:\\p{RGI_Emoji}\\s*){1,3}$');

/** Without any of these no text is an emoji, and most are not asked for more. */
const BEYOND_ASCII = /[^\0-\x7f]/;

export const isOnlyEmoji = (text: string): boolean =>
  text.length <= 48 && BEYOND_ASCII.test(text) && (ONLY_EMOJI?.test(text) ?? false);
