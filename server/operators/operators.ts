/**
 * What operators may do to accounts and to how long messages are kept: each act in one transaction with its line in the audit
 * log, and afterwards the notices that make every server act on it at once. The API and the command line share it. Nothing here
 * reads messages, and nobody can act in another's name.
 */
import { randomBytes } from 'node:crypto';
import type { ConversationId, UserId } from '../../schema/ids.ts';
import { announceDeletion, deleteAccount } from '../account/delete-account.ts';
import { randomId, resetIdentifier } from '../auth/auth.ts';
import type { Clock } from '../clock.ts';
import type { Pool, PoolClient } from '../database/pool.ts';
import { inTransaction } from '../database/transaction.ts';
import type { FanOut } from '../fan-out/fan-out.ts';
import { type Operator, record } from './audit.ts';

/** Why something was not done. `last-admin`: the installation would have no administrator who can sign in. */
export type Refused = 'not-found' | 'last-admin';

/** Long enough for a letter that waits for the morning. */
const RESET_MS = 24 * 3_600_000;
const TOKEN_BYTES = 32;

interface OperatorsOptions {
  readonly pool: Pool;
  readonly fanOut: FanOut;
  readonly clock: Clock;
  readonly eraser: { poke(): void };
}

interface Reset {
  readonly token: string;
  /** ms since 1970. */
  readonly expiresAt: number;
}

interface Account {
  readonly is_admin: boolean;
  readonly deactivated_at: Date | null;
}

export class Operators {
  readonly #options: OperatorsOptions;

  constructor(options: OperatorsOptions) {
    this.#options = options;
  }

  setAdmin(by: Operator, user: UserId, isAdmin: boolean): Promise<Refused | 'done'> {
    return this.#onAccount(user, async (client, account) => {
      if (account.is_admin === isAdmin) return 'done';
      if (!isAdmin && (await isLastAdmin(client, user))) return 'last-admin';
      await client.query('update users set is_admin = $2 where id = $1', [user, isAdmin]);
      await record(client, by, { action: isAdmin ? 'account.make-admin' : 'account.unmake-admin', subject: user });
      return 'done';
    });
  }

  /** The account is out at once, on all servers; nothing of it is erased. */
  async deactivate(by: Operator, user: UserId): Promise<Refused | 'done'> {
    let over: Over | undefined;
    const result = await this.#onAccount(user, async (client, account) => {
      over = undefined;
      if (account.deactivated_at) return 'done';
      if (await isLastAdmin(client, user)) return 'last-admin';
      await client.query('update users set deactivated_at = now() where id = $1', [user]);
      const conversations = await recountMembership(client, user);
      // Push targets go with their sessions.
      over = { sessions: await endSessions(client, user), conversations };
      await record(client, by, { action: 'account.deactivate', subject: user });
      return 'done';
    });
    this.#announce(over);
    return result;
  }

  async reactivate(by: Operator, user: UserId): Promise<Refused | 'done'> {
    let over: Over | undefined;
    const result = await this.#onAccount(user, async (client, account) => {
      over = undefined;
      if (!account.deactivated_at) return 'done';
      await client.query('update users set deactivated_at = null where id = $1', [user]);
      over = { sessions: [], conversations: await recountMembership(client, user) };
      await record(client, by, { action: 'account.reactivate', subject: user });
      return 'done';
    });
    this.#announce(over);
    return result;
  }

  /** The password is void at once, sessions and API keys are over; answers a token with which a new password can be set, once. */
  async resetPassword(by: Operator, user: UserId): Promise<Refused | Reset> {
    const token = randomBytes(TOKEN_BYTES).toString('base64url');
    const expiresAt = this.#options.clock.now() + RESET_MS;
    let over: Over | undefined;
    const result = await this.#onAccount(user, async (client) => {
      await client.query('update accounts set password = null where "user" = $1', [user]);
      // Also of accounts that had no password, for which the trigger has nothing to do.
      await client.query('delete from api_keys where "user" = $1', [user]);
      over = { sessions: await endSessions(client, user), conversations: [] };
      // Better-auth keeps the account in `value`: a link that was given before is void.
      await client.query('delete from verifications where value = $1', [user]);
      await client.query('insert into verifications (id, identifier, value, expires_at) values ($1, $2, $3, $4)', [
        randomId(),
        resetIdentifier(token),
        user,
        new Date(expiresAt),
      ]);
      await record(client, by, { action: 'account.reset-password', subject: user });
      return 'done';
    });
    if (result !== 'done') return result;
    this.#announce(over);
    return { token, expiresAt };
  }

  async deleteAccount(by: Operator, user: UserId, erase: boolean): Promise<Refused | 'done'> {
    const { fanOut, clock, eraser } = this.#options;
    let deleted: Awaited<ReturnType<typeof deleteAccount>>;
    const result = await this.#onAccount(user, async (client) => {
      if (await isLastAdmin(client, user)) return 'last-admin';
      deleted = await deleteAccount(client, { user, erase });
      if (!deleted) return 'not-found';
      await record(client, by, { action: 'account.delete', subject: user, detail: { erase } });
      return 'done';
    });
    if (result !== 'done' || !deleted) return result;
    announceDeletion(fanOut, { user, at: clock.now(), deleted });
    eraser.poke();
    return 'done';
  }

  /** Days of one conversation (null: what holds for the installation), or without one of the installation. 0 is never. */
  setRetention(by: Operator, days: number | null, conversation?: ConversationId): Promise<'not-found' | 'done'> {
    return inTransaction(this.#options.pool, async (client) => {
      const former = 'select retention_days as days from';
      const { rows } =
        conversation === undefined
          ? await client.query<{ days: number | null }>(`${former} installation for update`)
          : await client.query<{ days: number | null }>(`${former} conversations where id = $1 for no key update`, [
              conversation,
            ]);
      const [row] = rows;
      if (!row) return 'not-found';
      if (row.days === days) return 'done';
      if (conversation === undefined) await client.query('update installation set retention_days = $1', [days]);
      else await client.query('update conversations set retention_days = $2 where id = $1', [conversation, days]);
      const detail = { days, formerly: row.days };
      await record(client, by, { action: 'retention.set', subject: conversation, detail });
      return 'done';
    });
  }

  /** Holds the row of an account that exists; the locks of administrators come first and in one order. */
  #onAccount(
    user: UserId,
    work: (client: PoolClient, account: Account) => Promise<Refused | 'done'>,
  ): Promise<Refused | 'done'> {
    return inTransaction(this.#options.pool, async (client) => {
      await client.query('select from users where is_admin order by id for no key update');
      const { rows } = await client.query<Account>(
        'select is_admin, deactivated_at from users where id = $1 and deleted_at is null for update',
        [user],
      );
      return rows[0] ? work(client, rows[0]) : 'not-found';
    });
  }

  #announce(over: Over | undefined): void {
    const { fanOut } = this.#options;
    if (!over) return;
    if (over.sessions.length > 0) fanOut.publish('revoked', { sessions: over.sessions });
    for (const conversation of over.conversations) fanOut.publish('membership', { conversation });
  }
}

/** What servers must be told. */
interface Over {
  readonly sessions: readonly string[];
  readonly conversations: readonly ConversationId[];
}

/** Of those whose rows `#onAccount` holds: two administrators cannot end each other. */
async function isLastAdmin(client: PoolClient, user: UserId): Promise<boolean> {
  const { rows } = await client.query<{ id: UserId }>('select id from users where is_admin and deactivated_at is null');
  return rows.length === 1 && rows[0]?.id === user;
}

async function endSessions(client: PoolClient, user: UserId): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>('delete from sessions where "user" = $1 returning id', [user]);
  return rows.map(({ id }) => id);
}

/** A touched membership counts as changed: what was judged by the former state cannot be committed any more. */
async function recountMembership(client: PoolClient, user: UserId): Promise<ConversationId[]> {
  const { rows } = await client.query<{ conversation: ConversationId }>(
    'update members set role = role where "user" = $1 returning conversation',
    [user],
  );
  await client.query('update documents set membership = membership + 1 where "user" = $1', [user]);
  return rows.map(({ conversation }) => conversation);
}
