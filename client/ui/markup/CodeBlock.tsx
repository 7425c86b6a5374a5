/** A block of code: its lines as they are, scrolled inside, with a button that copies them. */
import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { t } from '../../language/translate.ts';
import { copyText } from '../clipboard.ts';
import styles from './MessageText.module.css';

/** How long the button says that it worked. */
const SAID_MS = 2_000;

export function CodeBlock({
  language,
  text: code,
  isTabbable,
}: {
  language: string;
  text: string;
  isTabbable: boolean;
}) {
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return;
    const timer = setTimeout(() => setCopied(false), SAID_MS);
    return () => clearTimeout(timer);
  }, [isCopied]);
  const label = isCopied ? t('conversation.copied') : t('message.copyCode');
  return (
    <span className={styles.block} dir="ltr">
      <span className={styles.blockHead}>
        <span>{language}</span>
        <button
          type="button"
          aria-label={label}
          data-tooltip={label}
          tabIndex={isTabbable ? 0 : -1}
          onClick={async () => setCopied(await copyText(code))}
        >
          {isCopied ? <Check aria-hidden="true" /> : <Copy aria-hidden="true" />}
        </button>
      </span>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be within reach of the keyboard */}
      <pre className={styles.lines} tabIndex={0}>
        <code>{code}</code>
      </pre>
    </span>
  );
}
