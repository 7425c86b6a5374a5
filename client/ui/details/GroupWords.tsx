/** What a group is called and what it is for; owners and admins change both in place. */
import { Pencil } from 'lucide-react';
import { type FormEvent, useEffect, useRef } from 'react';
import { MAX_DESCRIPTION_CHARACTERS, MAX_TITLE_CHARACTERS } from '../../../schema/limits.ts';
import type { ConversationSummary } from '../../conversation/conversation.ts';
import { t } from '../../language/translate.ts';
import { Button } from '../parts/Button.tsx';
import { DialogActions } from '../parts/Dialog.tsx';
import { Field } from '../parts/Field.tsx';
import { TextArea } from '../parts/TextArea.tsx';
import { useFocusKept } from '../parts/use-focus-kept.ts';
import { useSession } from '../session.ts';
import styles from './Details.module.css';
import { useTypedWords } from './typed-words.ts';
import { useChange } from './use-change.ts';

export function GroupWords({
  summary,
  canEdit,
  isOffline,
}: {
  summary: ConversationSummary;
  canEdit: boolean;
  isOffline: boolean;
}) {
  const { groups } = useSession().messenger;
  const { typed, begin, type, end } = useTypedWords(summary);
  const { doing, problem, change } = useChange();
  const first = useRef<HTMLInputElement>(null);
  const opener = useRef<HTMLButtonElement>(null);
  const isTyping = typed !== undefined;
  useFocusKept(opener, isTyping);
  // What was typed before the dialog was closed does not take the focus when it opens.
  const wasTyping = useRef(isTyping);
  useEffect(() => {
    if (isTyping && !wasTyping.current) first.current?.focus();
    wasTyping.current = isTyping;
  }, [isTyping]);

  if (!typed || !canEdit)
    return (
      <div className={styles.words}>
        <h3 className={styles.title} dir="auto">
          {summary.title}
        </h3>
        {summary.description !== undefined && (
          <p className={styles.description} dir="auto">
            {summary.description}
          </p>
        )}
        {canEdit && (
          <Button ref={opener} look="quiet" onClick={begin}>
            <Pencil aria-hidden="true" />
            {t('details.edit')}
          </Button>
        )}
      </div>
    );

  const title = typed.title.trim();
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const description = typed.description.trim();
    const { from } = typed;
    const wanted = {
      ...(title !== from.title && { title }),
      ...(description !== from.description && { description: description || null }),
    };
    if (!title) return first.current?.focus();
    if (Object.keys(wanted).length === 0 || (await change('words', () => groups.change(summary.id, wanted)))) end();
  };
  return (
    <form className={styles.form} onSubmit={submit}>
      <Field
        ref={first}
        label={t('create.groupName')}
        error={title ? undefined : t('create.groupMissing')}
        value={typed.title}
        maxLength={MAX_TITLE_CHARACTERS}
        autoComplete="off"
        onChange={(event) => type({ title: event.target.value })}
      />
      <TextArea
        label={t('details.description')}
        hint={t('details.descriptionHint')}
        rows={3}
        value={typed.description}
        maxLength={MAX_DESCRIPTION_CHARACTERS}
        onChange={(event) => type({ description: event.target.value })}
      />
      {problem && (
        <p role="alert" className={styles.problem}>
          {problem}
        </p>
      )}
      <DialogActions>
        <Button onClick={end}>{t('cancel')}</Button>
        <Button look="primary" type="submit" disabled={isOffline || doing !== undefined}>
          {doing ? t('details.saving') : t('details.save')}
        </Button>
      </DialogActions>
    </form>
  );
}
