/** One API key: its name and first characters, what it may, when it was used, and a way to revoke it, asked once. */
import type { ApiKey } from '../../../schema/http/keys.ts';
import { t } from '../../language/translate.ts';
import { lastSeenTime, onDay, useToday } from '../dates.ts';
import { AskOnce } from '../parts/AskOnce.tsx';
import styles from './Programs.module.css';

export function KeyLine({
  apiKey,
  isBusy,
  onRevoke,
}: {
  apiKey: ApiKey;
  isBusy: boolean;
  onRevoke: () => Promise<unknown>;
}) {
  const today = useToday();
  const { name, start, scopes, createdAt, usedAt, expiresAt } = apiKey;
  const isExpired = expiresAt !== undefined && expiresAt <= Date.now();
  return (
    <li className={styles.line}>
      <div className={styles.words}>
        <p className={styles.name} dir="auto">
          {name}
        </p>
        <p className={styles.detail}>
          <span className={styles.code}>{start}…</span>
          {' · '}
          {scopes.map((scope) => t(`keys.scopes.${scope}.name`)).join(', ')}
        </p>
        <p className={styles.detail}>
          {t('keys.made', { when: onDay(createdAt, today) })}
          {', '}
          {usedAt === undefined ? t('keys.unused') : t('keys.used', { when: lastSeenTime(usedAt, today) })}
          {!isExpired && ', '}
          {!isExpired &&
            (expiresAt === undefined ? t('keys.endless') : t('keys.expires', { when: onDay(expiresAt, today) }))}
        </p>
        {isExpired && (
          <p className={`${styles.detail} ${styles.bad}`}>{t('keys.expired', { when: onDay(expiresAt, today) })}</p>
        )}
      </div>
      <AskOnce
        label={t('keys.revoke')}
        description={t('keys.revokeOf', { name })}
        question={t('keys.sure', { name })}
        confirm={t('keys.revoke')}
        busy={t('keys.busy')}
        isBusy={isBusy}
        onConfirm={onRevoke}
      />
    </li>
  );
}
