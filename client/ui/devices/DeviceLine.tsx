/** One signed-in device: what it is, when it was there, and for others a way to sign it out, asked once. */
import { Monitor, Smartphone, SquareTerminal, Tablet } from 'lucide-react';
import type { DeviceSession } from '../../../schema/http/sessions.ts';
import { t } from '../../language/translate.ts';
import { lastSeenTime, useToday } from '../dates.ts';
import { AskOnce } from '../parts/AskOnce.tsx';
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
            <span className={styles.active}>{t('devices.active')}</span>
          ) : (
            t('devices.seen', { when: lastSeenTime(device.seenAt, today) })
          )}
          {' · '}
          {t('devices.since', { when: lastSeenTime(device.signedInAt, today) })}
        </p>
      </div>
      {onEnd && (
        <AskOnce
          label={t('devices.end')}
          description={t('devices.endOf', { name })}
          question={t('devices.sure', { name })}
          confirm={t('devices.end')}
          busy={t('devices.busy')}
          isBusy={isBusy}
          onConfirm={onEnd}
        />
      )}
    </li>
  );
}

/** "Chrome on Linux", as far as it is known. */
const nameOf = ({ browser, system }: DeviceSession): string =>
  browser && system ? t('devices.name', { browser, system }) : (browser ?? system ?? t('devices.unknown'));
