/** What a new API key is called, what it may do and how long. */
import { type FormEvent, useState } from 'react';
import type { CreateApiKey, KeyScope } from '../../../schema/http/keys.ts';
import { t } from '../../language/translate.ts';
import { Button } from '../parts/Button.tsx';
import { Choices } from '../parts/Choices.tsx';
import { DialogActions } from '../parts/Dialog.tsx';
import { Field } from '../parts/Field.tsx';
import { Pills } from '../parts/Pills.tsx';
import styles from './Programs.module.css';

const DAY_MS = 86_400_000;

/** The order in which they are offered. */
const LIFETIMES = ['30', '90', '365', '0'] as const;
// Not from the schema: it would bring zod.
const SCOPES = ['read', 'write', 'export', 'webhooks'] as const satisfies readonly KeyScope[];

/** `onCreate` resolves with why it was not made, if it was not. */
export function NewKey({
  onCreate,
  onCancel,
}: {
  onCreate: (input: CreateApiKey) => Promise<string | undefined>;
  onCancel: () => void;
}) {
  const [days, setDays] = useState<(typeof LIFETIMES)[number]>('90');
  const [isBusy, setBusy] = useState(false);
  const [isNameless, setNameless] = useState(false);
  const [problem, setProblem] = useState<string>();
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const data = new FormData(form);
    const name = String(data.get('name')).trim();
    const scopes = data.getAll('scopes') as KeyScope[];
    setNameless(!name);
    setProblem(name && scopes.length === 0 ? t('keys.scopeMissing') : undefined);
    if (!name) form.querySelector<HTMLInputElement>('[name=name]')?.focus();
    if (!name || scopes.length === 0) return;
    setBusy(true);
    const expiresAt = days === '0' ? undefined : Date.now() + Number(days) * DAY_MS;
    setProblem(await onCreate({ name, scopes, ...(expiresAt && { expiresAt }) }));
    setBusy(false);
  };
  return (
    <form className={styles.form} onSubmit={submit} noValidate>
      <Field
        label={t('keys.name')}
        hint={t('keys.nameHint')}
        error={isNameless ? t('keys.nameMissing') : undefined}
        name="name"
        maxLength={100}
        autoComplete="off"
        autoFocus
      />
      <div className={styles.group}>
        <p className={styles.legend}>{t('keys.may')}</p>
        <Choices
          type="checkbox"
          name="scopes"
          label={t('keys.may')}
          choices={SCOPES.map((value) => ({
            value,
            label: t(`keys.scopes.${value}.name`),
            hint: t(`keys.scopes.${value}.hint`),
          }))}
        />
      </div>
      <div className={styles.group}>
        <p className={styles.legend}>{t('keys.lasts')}</p>
        <Pills
          name="days"
          label={t('keys.lasts')}
          options={LIFETIMES.map((each) => [each, t(`keys.lifetimes.${each}`)])}
          value={days}
          onChange={setDays}
        />
      </div>
      {problem && (
        <p role="alert" className={styles.problem}>
          {problem}
        </p>
      )}
      <DialogActions>
        <Button onClick={onCancel}>{t('cancel')}</Button>
        <Button look="primary" type="submit" disabled={isBusy}>
          {isBusy ? t('keys.creating') : t('keys.create')}
        </Button>
      </DialogActions>
    </form>
  );
}
