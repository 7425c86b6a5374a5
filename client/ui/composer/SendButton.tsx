/** The round button of the composer: one element, which keeps the focus whatever it is for at the moment. */
import { ArrowUp, Check, Mic } from 'lucide-react';
import { t } from '../../language/translate.ts';
import styles from './Composer.module.css';

const USES = {
  send: { Icon: ArrowUp, label: 'composer.send' },
  save: { Icon: Check, label: 'composer.save' },
  record: { Icon: Mic, label: 'voice.record' },
  voice: { Icon: ArrowUp, label: 'voice.send' },
} as const;

export function SendButton({
  is,
  isDisabled,
  onRecord,
}: {
  is: keyof typeof USES;
  isDisabled: boolean;
  onRecord: () => void;
}) {
  const { Icon, label } = USES[is];
  return (
    <button
      type={is === 'record' ? 'button' : 'submit'}
      className={styles.send}
      data-quiet={is === 'record' || undefined}
      disabled={isDisabled}
      aria-label={t(label)}
      onClick={is === 'record' ? onRecord : undefined}
      // The field keeps the focus, so that a phone's keyboard stays open.
      onPointerDown={(event) => event.preventDefault()}
    >
      <Icon aria-hidden="true" />
    </button>
  );
}
