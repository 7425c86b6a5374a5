/** The text of a message: line breaks kept, addresses as safe links. The block around it gives the direction. */
import { useMemo } from 'react';
import { linkify } from './linkify.ts';
import styles from './MessageText.module.css';

export function MessageText({ children, isTabbable }: { children: string; isTabbable: boolean }) {
  const parts = useMemo(() => linkify(children), [children]);
  return (
    <span data-text className={`${styles.text} ${isOnlyEmoji(children) ? styles.emoji : ''}`}>
      {parts.map((part, index) =>
        typeof part === 'string' ? (
          part
        ) : (
          <a
            // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text never move
            key={index}
            href={part.href}
            target="_blank"
            rel="noopener noreferrer nofollow"
            tabIndex={isTabbable ? 0 : -1}
          >
            {part.label}
          </a>
        ),
      )}
    </span>
  );
}

/**
 * Up to three emoji and nothing else are shown large. Compiled at run time: as a literal, the newer `v` flag would keep the
 * whole app from starting in a browser without it.
 */
const ONLY_EMOJI = compile('^(?:\\p{RGI_Emoji}\\s*){1,3}$', 'v');

function compile(pattern: string, flags: string): RegExp | undefined {
  try {
    return new RegExp(pattern, flags);
  } catch {
    // A browser from before 2023 shows emoji in the size of text.
    return undefined;
  }
}

/** Without any of these no text is an emoji, and most are not asked for more. */
const BEYOND_ASCII = /[^\0-\x7f]/;

export const isOnlyEmoji = (text: string): boolean =>
  text.length <= 48 && BEYOND_ASCII.test(text) && (ONLY_EMOJI?.test(text) ?? false);
