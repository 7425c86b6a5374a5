/**
 * The text of a message. Most texts are shown at once; those with signs of formatting wait for the formatter, which loads beside the
 * app and is there before the first rows are, so that no row changes its height. The block around it gives the direction.
 */
import { use } from 'react';
import type { ConversationSummary } from '../../conversation/conversation.ts';
import { emojiPattern } from '../emoji/emoji-pattern.ts';
import { presentFormatter, settledFormatter } from './formatter.ts';
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
        <Formatted {...{ isTabbable, members }}>{children}</Formatted>
      ) : (
        plain(children, isTabbable)
      )}
    </span>
  );
}

function Formatted({ children, ...how }: Parameters<typeof MessageText>[0]) {
  const Formatter = presentFormatter() ?? use(settledFormatter);
  return Formatter ? <Formatter {...how}>{children}</Formatter> : plain(children, how.isTabbable);
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
