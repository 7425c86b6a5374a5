/** Who this person is to others: picture, name and status. All of it can be changed without a network, and then waits for one. */
import { type FormEvent, useEffect, useState } from 'react';
import { MAX_NAME_CHARACTERS, MAX_STATUS_CHARACTERS } from '../../../schema/limits.ts';
import type { ProfileChange, ProfileField } from '../../conversation/profile.ts';
import { t } from '../../language/translate.ts';
import { useObserved } from '../observed.ts';
import { Button } from '../parts/Button.tsx';
import { DialogActions } from '../parts/Dialog.tsx';
import { Field } from '../parts/Field.tsx';
import { describeStorage } from '../problems.ts';
import { PictureChoice } from '../profile/PictureChoice.tsx';
import { useSession } from '../session.ts';
import styles from './Settings.module.css';

export function ProfileSettings({ hold }: { hold: (isHeld: boolean) => void }) {
  const { account, profile, connection } = useSession().messenger;
  const own = useObserved(profile.own);
  const { waiting, refused } = useObserved(profile.untold);
  const isOffline = useObserved(connection).is === 'offline';
  /** What was typed and not saved. */
  const [typed, setTyped] = useState<{ readonly name?: string; readonly status?: string }>({});
  /** Why something was not kept on this device. */
  const [problem, setProblem] = useState<string>();
  const [isSaved, setSaved] = useState(false);
  const name = typed.name ?? own.name;
  const status = typed.status ?? own.status ?? '';
  const wanted = {
    ...(name.trim() !== own.name && { name: name.trim() }),
    ...(status.trim() !== (own.status ?? '') && { status: status.trim() || null }),
  };
  const isChanged = Object.keys(wanted).length > 0;
  useEffect(() => hold(isChanged), [hold, isChanged]);

  /** Online it is told in a moment, and "Saved." says so. */
  const unsent = (field: ProfileField) => isOffline && waiting.includes(field) && t('profile.unsent');
  const refusal = (field: ProfileField) => (refused.includes(field) ? t(`profile.refused.${field}`) : undefined);
  const change = async (intention: ProfileChange) => {
    setProblem(undefined);
    try {
      await profile.change(intention);
      return true;
    } catch (failure) {
      setProblem(describeStorage(failure));
      return false;
    }
  };
  const type = (next: typeof typed) => {
    setTyped({ ...typed, ...next });
    setSaved(false);
  };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!isChanged || !name.trim() || !(await change(wanted))) return;
    setTyped({});
    setSaved(true);
  };
  const isTold = isSaved && !isChanged && waiting.length === 0 && refused.length === 0;
  return (
    <>
      <PictureChoice
        id={account.id}
        name={own.name}
        picture={own.picture}
        note={unsent('picture')}
        problem={refusal('picture')}
        onChange={(picture) => void change({ picture })}
      />
      <form className={styles.form} onSubmit={submit} noValidate>
        <Field
          label={t('profile.name')}
          {...(unsent('name') && { hint: t('profile.unsent') })}
          error={name.trim() ? refusal('name') : t('problem.nameMissing')}
          value={name}
          maxLength={MAX_NAME_CHARACTERS}
          autoComplete="name"
          dir="auto"
          onChange={(event) => type({ name: event.target.value })}
        />
        <Field
          label={t('profile.status')}
          hint={unsent('status') || t('profile.statusHint')}
          error={refusal('status')}
          value={status}
          maxLength={MAX_STATUS_CHARACTERS}
          autoComplete="off"
          dir="auto"
          onChange={(event) => type({ status: event.target.value })}
        />
        <p className={styles.hint}>{t('profile.email', { email: account.email })}</p>
        {problem && <p role="alert">{problem}</p>}
        <p role="status" className={styles.note}>
          {isOffline ? t('profile.offline') : isTold && t('profile.saved')}
        </p>
        <DialogActions>
          <Button look="primary" type="submit" disabled={!isChanged}>
            {t('details.save')}
          </Button>
        </DialogActions>
      </form>
    </>
  );
}
