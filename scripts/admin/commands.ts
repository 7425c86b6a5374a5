/**
 * The commands of `npm run admin`: what each takes, does and prints. They share everything with the API for administrators, so each act
 * is in the audit log. Knows neither where the database is nor what becomes of the text.
 */
import { parseArgs } from 'node:util';
import type { ConversationId } from '../../schema/ids.ts';
import type { Pool } from '../../server/database/pool.ts';
import { exportActs, listActs, type Operator } from '../../server/operators/audit.ts';
import {
  findAccount,
  listConversations,
  listUsers,
  measureStorage,
  type Position,
} from '../../server/operators/listings.ts';
import type { Operators, Refused } from '../../server/operators/operators.ts';

export interface CommandContext {
  readonly pool: Pool;
  readonly operators: Operators;
  readonly by: Operator;
  readonly baseUrl: string | undefined;
  readonly print: (text: string) => void | Promise<void>;
}

type Options = Readonly<Record<string, string | boolean | undefined>>;

interface Command {
  /** After the name, as in the help. */
  readonly takes: string;
  readonly does: string;
  readonly arguments: readonly [least: number, most: number];
  readonly options?: readonly string[];
  readonly flags?: readonly string[];
  readonly run: (context: CommandContext, given: readonly string[], options: Options) => Promise<void>;
}

/** A mistake of whoever typed it, told in one line. */
class CommandError extends Error {}

const COMMANDS: Readonly<Record<string, Command>> = {
  users: {
    takes: '[part of a name or email]',
    does: 'list accounts, the newest first',
    arguments: [0, 1],
    run: async ({ pool, print }, [query = '']) => {
      const rows = await all((after) => listUsers(pool, { query, after, limit: PAGE }));
      await print(
        table(
          ['id', 'name', 'email', 'created', 'last seen', 'devices', 'role', 'state'],
          rows.map((user) => [
            ...[
              user.id,
              user.name,
              user.email,
              day(user.createdAt),
              user.lastSeenAt ? minute(user.lastSeenAt) : 'never',
            ],
            ...[`${user.devices}`, user.isAdmin ? 'admin' : '', user.deactivatedAt ? 'deactivated' : ''],
          ]),
        ),
      );
    },
  },
  'make-admin': onAccount('may run the installation', (context, id) =>
    context.operators.setAdmin(context.by, id, true),
  ),
  'unmake-admin': onAccount('is an administrator no longer', (context, id) =>
    context.operators.setAdmin(context.by, id, false),
  ),
  deactivate: onAccount('is out at once and cannot sign in; nothing is erased', (context, id) =>
    context.operators.deactivate(context.by, id),
  ),
  reactivate: onAccount('may sign in again', (context, id) => context.operators.reactivate(context.by, id)),
  'reset-password': {
    takes: '<email or id>',
    does: 'void the password, sessions and API keys; prints a link to set a new one',
    arguments: [1, 1],
    run: async ({ pool, operators, by, baseUrl, print }, [account = '']) => {
      const { id, name } = await requireAccount(pool, account);
      const result = await operators.resetPassword(by, id);
      if (typeof result === 'string') return requireDone(result);
      const where = baseUrl ?? 'http://<address of the server>';
      await print(
        `${name} sets a new password at\n\n  ${where}/reset-password#${result.token}\n\nonce, until ${minute(result.expiresAt)} UTC.\n`,
      );
    },
  },
  'delete-account': {
    takes: '<email or id> --erase | --keep',
    does: 'delete an account; with --erase also everything it wrote, in all conversations',
    arguments: [1, 1],
    flags: ['erase', 'keep'],
    run: async ({ pool, operators, by, print }, [account = ''], { erase = false, keep = false }) => {
      if (erase === keep) throw new CommandError('Say --erase or --keep: what becomes of what they wrote');
      const { id, name } = await requireAccount(pool, account);
      requireDone(await operators.deleteAccount(by, id, erase === true));
      await print(
        `The account of ${name} is deleted.${erase ? ' What it wrote is being erased by the servers.' : ''}\n`,
      );
    },
  },
  conversations: {
    takes: '',
    does: 'list conversations and their sizes, the newest first; never what is in them',
    arguments: [0, 0],
    run: async ({ pool, print }) => {
      const rows = await all((after) => listConversations(pool, { after, limit: PAGE }));
      await print(conversationTable(rows));
    },
  },
  storage: {
    takes: '',
    does: 'bytes by table and kind, and the largest conversations',
    arguments: [0, 0],
    run: async ({ pool, print }) => {
      const { bytes, tables, largest } = await measureStorage(pool);
      const rows = tables.map((each) => [each.table, each.kind, size(each.bytes), `${each.rows}`]);
      await print(`${table(['table', 'kind', 'bytes', 'rows, about'], rows)}\nThe database: ${size(bytes)}\n`);
      if (largest.length > 0) await print(`\nThe largest conversations\n\n${conversationTable(largest)}`);
    },
  },
  retention: {
    takes: '[<days> | never] [--conversation <id> [--inherit]]',
    does: 'show or set after how many days messages are deleted for everyone',
    arguments: [0, 1],
    options: ['conversation'],
    flags: ['inherit'],
    run: async ({ pool, operators, by, print }, [wanted], { conversation, inherit }) => {
      const id = typeof conversation === 'string' ? (conversation as ConversationId) : undefined;
      if (inherit && (wanted !== undefined || !id))
        throw new CommandError('--inherit goes with --conversation, and alone');
      if (wanted !== undefined || inherit) {
        const days = inherit ? null : daysOf(wanted as string);
        if ((await operators.setRetention(by, days, id)) === 'not-found')
          throw new CommandError(`There is no conversation ${conversation}`);
      }
      const { rows } = await pool.query<{ own: number | null; general: number }>(
        `select (select retention_days from conversations where id = $1) as own, retention_days as general from installation`,
        [id ?? null],
      );
      const { own, general } = rows[0] ?? { own: null, general: 0 };
      await print(
        `${id ? `${id}: ${own === null ? 'as the installation' : kept(own)}; ` : ''}the installation: ${kept(general)}\n`,
      );
    },
  },
  audit: {
    takes: '[--ndjson]',
    does: 'what administrators did: the newest hundred, or with --ndjson all of it, the oldest first',
    arguments: [0, 0],
    flags: ['ndjson'],
    run: async ({ pool, print }, _, { ndjson }) => {
      if (ndjson) {
        for await (const lines of exportActs(pool)) await print(lines);
        return;
      }
      const { items } = await listActs(pool, { before: undefined, limit: 100 });
      await print(
        table(
          ['when', 'who', 'from', 'what', 'on what', 'detail'],
          items.map(({ at, actor, via, origin, action, subject, detail }) => [
            ...[minute(at), actor ? (actor.name ?? actor.id) : via, origin, action],
            ...[
              subject ? (subject.name ?? subject.id) : '',
              Object.keys(detail).length > 0 ? JSON.stringify(detail) : '',
            ],
          ]),
        ),
      );
    },
  },
};

const PAGE = 200;

export const HELP = `Usage: npm run admin -- <command>

${Object.entries(COMMANDS)
  .map(([name, { takes, does }]) => `  ${`${name} ${takes}`.padEnd(64)} ${does}`)
  .join('\n')}

On the database of DATABASE_URL, or the embedded one, also while a server runs on it. With REDIS_URL servers hear of it at once, otherwise
within 15 s; nothing of a deactivated account is committed from the first moment on. Every act is in the audit log.
`;

/** Throws with one line for whoever typed it. */
export async function runCommand(context: CommandContext, args: readonly string[]): Promise<void> {
  const [name, ...rest] = args;
  if (name === undefined || ['help', '--help', '-h'].includes(name) || rest.includes('--help'))
    return context.print(HELP);
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command) throw new CommandError(`There is no command ${name}: npm run admin -- --help`);
  const { values, positionals } = parseArgs({
    args: rest,
    allowPositionals: true,
    options: {
      ...Object.fromEntries((command.options ?? []).map((option) => [option, { type: 'string' as const }])),
      ...Object.fromEntries((command.flags ?? []).map((flag) => [flag, { type: 'boolean' as const }])),
    },
  });
  const [least, most] = command.arguments;
  if (positionals.length < least || positionals.length > most)
    throw new CommandError(`Usage: npm run admin -- ${name} ${command.takes}`);
  await command.run(context, positionals, values as Options);
}

type AccountId = NonNullable<Awaited<ReturnType<typeof findAccount>>>['id'];

function onAccount(does: string, act: (context: CommandContext, id: AccountId) => Promise<Refused | 'done'>): Command {
  return {
    takes: '<email or id>',
    does: `the account ${does}`,
    arguments: [1, 1],
    run: async (context, [account = '']) => {
      const { id, name } = await requireAccount(context.pool, account);
      requireDone(await act(context, id));
      await context.print(`${name} ${does}.\n`);
    },
  };
}

async function requireAccount(pool: Pool, account: string) {
  const found = await findAccount(pool, account);
  if (!found) throw new CommandError(`There is no account ${account}`);
  return found;
}

function requireDone(result: Refused | 'done'): void {
  if (result === 'not-found') throw new CommandError('The account is gone');
  if (result === 'last-admin') throw new CommandError('This is the last administrator: make somebody else one first');
}

function daysOf(text: string): number {
  const days = text === 'never' ? 0 : Number(text);
  if (!Number.isInteger(days) || days < 0 || days > 36_500 || (days === 0 && text !== 'never'))
    throw new CommandError('Days are a whole number from 1 to 36500, or "never"');
  return days;
}

const kept = (days: number): string => (days === 0 ? 'messages are kept' : `messages are deleted after ${days} days`);

async function all<Item>(
  page: (after: Position | undefined) => Promise<{ items: Item[]; end: Position | undefined }>,
): Promise<Item[]> {
  const items: Item[] = [];
  let end: Position | undefined;
  do {
    const next = await page(end);
    items.push(...next.items);
    end = next.end;
  } while (end);
  return items;
}

const conversationTable = (rows: Awaited<ReturnType<typeof listConversations>>['items']): string =>
  table(
    ['id', 'kind', 'created', 'members', 'epochs', 'messages', 'bytes', 'retention'],
    rows.map(({ id, kind, createdAt, members, epochs, messages, bytes, retention: { days } }) => [
      ...[id, kind, day(createdAt), `${members}`, `${epochs}`, `${messages}`, size(bytes)],
      days === null ? '' : days === 0 ? 'never' : `${days} days`,
    ]),
  );

/** Names are people's own words: what moves a terminal's cursor or hides text is taken out of them. */
const plain = (text: string): string => text.replace(/[\p{Cc}\p{Cf}]/gu, '');

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, ...rows.map((row) => row.map(plain))];
  const widths = head.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? '').length)));
  return lines
    .map(
      (line) =>
        `${line
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}

const minute = (at: number): string => new Date(at).toISOString().slice(0, 16).replace('T', ' ');
const day = (at: number): string => new Date(at).toISOString().slice(0, 10);

function size(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  for (; value >= 1000 && unit < units.length - 1; unit++) value /= 1000;
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}
