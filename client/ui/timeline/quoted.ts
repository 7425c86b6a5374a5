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
  readonly words: string;
  /** The words are its own. */
  readonly isText: boolean;
}

export function quoteWords(quoted: Quoted, summary: ConversationSummary, me: string): QuoteWords {
  if (typeof quoted === 'string')
    return { name: undefined, colour: undefined, words: t(`reply.${quoted}`), isText: false };
  const name = quoted.from === me ? t('you') : nameOf(summary, quoted.from);
  const colour = personColour(quoted.from);
  return isDeleted(quoted)
    ? { name, colour, words: t('reply.deleted'), isText: false }
    : { name, colour, words: sayPreviewOf(quoted), isText: true };
}
