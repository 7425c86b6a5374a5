/** Who this person is to others: picture, name and status. */
import { type FormEvent, useEffect, useState } from 'react';
import { MAX_NAME_CHARACTERS, MAX_STATUS_CHARACTERS } from '../../../schema/limits.ts';
import { t } from '../../language/translate.ts';
import { useChange } from '../details/use-change.ts';
import { useObserved } from '../observed.ts';
import { Button } from '../parts/Button.tsx';
import { DialogActions } from '../parts/Dialog.tsx';
import { Field } from '../parts/Field.tsx';
import { PictureChoice } from '../profile/PictureChoice.tsx';
import { useSession } from '../session.ts';
import styles from './Settings.module.css';

export function ProfileSettings({ hold }: { hold: (isHeld: boolean) => void }) {
  const { account, profile, connection } = useSession().messenger;
  const own = useObserved(profile.own);
  const isOffline = useObserved(connection).is === 'offline';
  /** What was typed and not saved. */
  const [typed, setTyped] = useState<{ readonly name?: string; readonly status?: string }>({});
  const { doing, problem, change } = useChange();
  const [isSaved, setSaved] = useState(false);
  const name = typed.name ?? own.name;
  const status = typed.status ?? own.status ?? '';
  const wanted = {
    ...(name.trim() !== own.name && { name: name.trim() }),
    ...(status.trim() !== (own.status ?? '') && { status: status.trim() || null }),
  };
  const isChanged = Object.keys(wanted).length > 0;
  useEffect(() => hold(isChanged), [hold, isChanged]);

  const type = (next: typeof typed) => {
    setTyped({ ...typed, ...next });
    setSaved(false);
  };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!isChanged || !name.trim()) return;
    if (!(await change('words', () => profile.change(wanted)))) return;
    setTyped({});
    setSaved(true);
  };
  return (
    <>
      <PictureChoice
        id={account.id}
        name={own.name}
        picture={own.picture}
        isOffline={isOffline}
        onChange={(picture) => profile.setPicture(picture)}
      />
      <form className={styles.form} onSubmit={submit} noValidate>
        <Field
          label={t('profile.name')}
          error={name.trim() ? undefined : t('problem.nameMissing')}
          value={name}
          maxLength={MAX_NAME_CHARACTERS}
          autoComplete="name"
          dir="auto"
          onChange={(event) => type({ name: event.target.value })}
        />
        <Field
          label={t('profile.status')}
          hint={t('profile.statusHint')}
          value={status}
          maxLength={MAX_STATUS_CHARACTERS}
          autoComplete="off"
          dir="auto"
          onChange={(event) => type({ status: event.target.value })}
        />
        <p className={styles.hint}>{t('profile.email', { email: account.email })}</p>
        {problem && <p role="alert">{problem}</p>}
        <p role="status" className={styles.note}>
          {isOffline ? t('profile.offline') : isSaved && !isChanged && t('profile.saved')}
        </p>
        <DialogActions>
          <Button look="primary" type="submit" disabled={isOffline || doing !== undefined || !isChanged}>
            {doing ? t('details.saving') : t('details.save')}
          </Button>
        </DialogActions>
      </form>
    </>
  );
}
