/** Previews of messages as they are read: what stands there instead of words is said in the language of the app. */
import { wordlessIn } from '../../schema/document/files.ts';
import type { LiveMessage } from '../../schema/document/message.ts';
import { plainPreviewOf } from '../../schema/document/plain-text.ts';
import { t } from '../language/translate.ts';

/** Of a preview that may have been made elsewhere. */
export function sayPreview(preview: string): string {
  const wordless = wordlessIn(preview);
  if (!wordless) return preview;
  return wordless.is === 'picture' ? t('list.photo') : t('list.voice', { time: wordless.time });
}

export const sayPreviewOf = (message: LiveMessage): string => sayPreview(plainPreviewOf(message));
