/** What is said of a message that another one replies to. */
import { isDeleted } from '../../../schema/document/message.ts';
import type { ConversationSummary, Quoted } from '../../conversation/conversation.ts';
import { t } from '../../language/translate.ts';
import { personColour } from '../parts/Avatar.tsx';
import { sayPreviewOf } from '../preview.ts';
import { nameOf } from '../session.ts';

interface QuoteWords {
  /** Undefined when it is not known who wrote it. */
  readonly name: string | undefined;
  readonly colour: string | undefined;
  /** When it was written, if that is known. */
  readonly at: number | undefined;
  readonly words: string;
  /** The words are its own. */
  readonly isText: boolean;
}

export function quoteWords(quoted: Quoted, summary: ConversationSummary, me: string): QuoteWords {
  if (typeof quoted === 'string')
    return { name: undefined, colour: undefined, at: undefined, words: t(`reply.${quoted}`), isText: false };
  const name = quoted.from === me ? t('you') : nameOf(summary, quoted.from);
  const who = { name, colour: personColour(quoted.from), at: quoted.at };
  return isDeleted(quoted)
    ? { ...who, words: t('reply.deleted'), isText: false }
    : { ...who, words: sayPreviewOf(quoted), isText: true };
}
