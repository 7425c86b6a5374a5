/** Asks for a day to go to, with the browser's own date picker. */
import { type FormEvent, useRef, useState } from 'react';
import { t } from '../../language/translate.ts';
import { dateInputValue, readDateInput } from '../dates.ts';
import { Button } from '../parts/Button.tsx';
import { Dialog, DialogActions } from '../parts/Dialog.tsx';
import { Field } from '../parts/Field.tsx';

export function DateDialog({
  isOpen,
  onClose,
  onChoose,
}: {
  isOpen: boolean;
  onClose: () => void;
  /** Local midnight of the day, in ms since 1970. */
  onChoose: (date: number) => void;
}) {
  const [value, setValue] = useState('');
  const [problem, setProblem] = useState<string>();
  const field = useRef<HTMLInputElement>(null);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const date = readDateInput(value);
    if (date === undefined) return setProblem(t('jump.dateMissing'));
    onClose();
    onChoose(date);
  };

  return (
    <Dialog isOpen={isOpen} onClose={onClose} title={t('jump.dateTitle')} initialFocus={field}>
      <form onSubmit={submit} noValidate>
        <Field
          ref={field}
          type="date"
          label={t('jump.date')}
          hint={t('jump.dateHint')}
          error={problem}
          max={dateInputValue(Date.now())}
          value={value}
          onChange={(event) => {
            setProblem(undefined);
            setValue(event.target.value);
          }}
        />
        <DialogActions>
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button type="submit" look="primary">
            {t('jump.go')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
