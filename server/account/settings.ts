/** What people allow to be told of them: the privacy settings of their account documents, as rows. */
import { OPEN_PRIVACY, type PrivacySettings } from '../../schema/document/account.ts';
import type { UserId } from '../../schema/ids.ts';
import type { Pool } from '../database/pool.ts';

/** The settings of each of these people, in one query; who never changed one has everything on. */
export async function loadPrivacy(
  pool: Pick<Pool, 'query'>,
  users: readonly UserId[],
): Promise<ReadonlyMap<UserId, PrivacySettings>> {
  const { rows } = await pool.query<{ user: UserId } & PrivacySettings>({
    name: 'load-privacy',
    text: 'select "user", receipts, presence, typing from user_settings where "user" = any($1)',
    values: [users],
  });
  const settings = new Map(users.map((user) => [user, OPEN_PRIVACY]));
  for (const { user, ...privacy } of rows) settings.set(user, privacy);
  return settings;
}
