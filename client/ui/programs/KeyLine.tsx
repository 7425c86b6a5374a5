/** One API key: its name and first characters, what it may, when it was used, and a way to revoke it, asked once. */
import type { ApiKey } from '../../../schema/http/keys.ts';
import { lastSeenTime, onDay, useToday } from '../dates.ts';
import { AskOnce } from '../parts/AskOnce.tsx';
import { text } from '../text.ts';
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
          {scopes.map((scope) => text.keys.scopes[scope].name).join(', ')}
        </p>
        <p className={styles.detail}>
          {text.keys.made(onDay(createdAt, today))}
          {', '}
          {usedAt === undefined ? text.keys.unused : text.keys.used(lastSeenTime(usedAt, today))}
          {!isExpired && ', '}
          {!isExpired && (expiresAt === undefined ? text.keys.endless : text.keys.expires(onDay(expiresAt, today)))}
        </p>
        {isExpired && <p className={`${styles.detail} ${styles.bad}`}>{text.keys.expired(onDay(expiresAt, today))}</p>}
      </div>
      <AskOnce
        label={text.keys.revoke}
        description={text.keys.revokeOf(name)}
        question={text.keys.sure(name)}
        confirm={text.keys.revoke}
        busy={text.keys.busy}
        isBusy={isBusy}
        onConfirm={onRevoke}
      />
    </li>
  );
}
