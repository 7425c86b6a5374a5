/** One signed-in device: what it is, when it was there, and for others a way to sign it out, asked once. */
import { Monitor, Smartphone, SquareTerminal, Tablet } from 'lucide-react';
import { type ReactNode, useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { DeviceSession } from '../../../schema/http/sessions.ts';
import { lastSeenTime, useToday } from '../dates.ts';
import { Button } from '../parts/Button.tsx';
import { text } from '../text.ts';
import styles from './Devices.module.css';

const ICONS = { computer: Monitor, phone: Smartphone, tablet: Tablet, unknown: SquareTerminal } as const;

export function DeviceLine({
  device,
  isBusy,
  onEnd,
}: {
  device: DeviceSession;
  isBusy: boolean;
  onEnd?: () => Promise<unknown>;
}) {
  const today = useToday();
  const Icon = ICONS[device.kind];
  const name = nameOf(device);
  return (
    <li className={styles.device}>
      <span className={styles.icon} aria-hidden="true">
        <Icon />
      </span>
      <div className={styles.words}>
        <p className={styles.name}>{name}</p>
        <p className={styles.detail}>
          {device.isActive ? (
            <span className={styles.active}>{text.devices.active}</span>
          ) : (
            text.devices.seen(lastSeenTime(device.seenAt, today))
          )}
          {' · '}
          {text.devices.since(lastSeenTime(device.signedInAt, today))}
        </p>
      </div>
      {onEnd && (
        <AskOnce
          label={text.devices.end}
          description={text.devices.endOf(name)}
          question={text.devices.sure(name)}
          isBusy={isBusy}
          onConfirm={onEnd}
        />
      )}
    </li>
  );
}

/** A button that asks in its own place before it does what it says. */
export function AskOnce({
  label,
  description,
  question,
  icon,
  isBusy,
  onConfirm,
}: {
  label: string;
  /** What it does, for who does not see where it stands. */
  description?: string;
  question: string;
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
          {text.cancel}
        </Button>
        <Button look="danger" disabled={isBusy} onClick={() => void onConfirm().then(() => setAsking(false))}>
          {isBusy ? text.devices.busy : text.devices.end}
        </Button>
      </div>
    </div>
  );
}

/** "Chrome on Linux", as far as it is known. */
const nameOf = ({ browser, system }: DeviceSession): string =>
  browser && system ? text.devices.name(browser, system) : (browser ?? system ?? text.devices.unknown);
