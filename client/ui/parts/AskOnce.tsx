/** A button that asks in its own place before it does what it says. */
import { type ReactNode, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { t } from '../../language/translate.ts';
import styles from './AskOnce.module.css';
import { Button } from './Button.tsx';

export function AskOnce({
  label,
  description,
  question,
  confirm,
  busy,
  icon,
  isBusy,
  onConfirm,
}: {
  label: string;
  /** What it does, for who does not see where it stands. */
  description?: string;
  question: string;
  /** What the second button says, and while it is done. */
  confirm: string;
  busy: string;
  icon?: ReactNode;
  isBusy: boolean;
  onConfirm: () => Promise<unknown>;
}) {
  const [isAsking, setAsking] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const hasAsked = useRef(false);
  // With the change of the page, before the dialog finds that its focus is gone.
  useLayoutEffect(() => {
    if (!isAsking && hasAsked.current) button.current?.focus();
    hasAsked.current = isAsking;
  }, [isAsking]);
  // Before the dialog around it, which would close, and wherever the focus is.
  useEffect(() => {
    if (!isAsking) return;
    const takeBack = (event: KeyboardEvent) => {
      if (event.key !== 'Escape') return;
      event.stopPropagation();
      setAsking(false);
    };
    window.addEventListener('keydown', takeBack, { capture: true });
    return () => window.removeEventListener('keydown', takeBack, { capture: true });
  }, [isAsking]);
  if (!isAsking)
    return (
      <Button ref={button} aria-label={description} disabled={isBusy} onClick={() => setAsking(true)}>
        {icon}
        {label}
      </Button>
    );
  return (
    <div className={styles.question}>
      <p>{question}</p>
      <div className={styles.answers}>
        <Button autoFocus onClick={() => setAsking(false)}>
          {t('cancel')}
        </Button>
        <Button look="danger" disabled={isBusy} onClick={() => void onConfirm().then(() => setAsking(false))}>
          {isBusy ? busy : confirm}
        </Button>
      </div>
    </div>
  );
}
