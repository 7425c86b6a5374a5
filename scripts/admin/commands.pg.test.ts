/** The commands of operators on a real database: what they print, do and refuse. */
import { expect, test } from 'vitest';
import { systemClock } from '../../server/clock.ts';
import { freshDatabase } from '../../server/database/testing.ts';
import { createInMemoryFanOut } from '../../server/fan-out/in-memory.ts';
import { createLog } from '../../server/log.ts';
import { Operators } from '../../server/operators/operators.ts';
import { HELP, runCommand } from './commands.ts';

async function start() {
  const database = await freshDatabase();
  const { pool } = database;
  const fanOut = createInMemoryFanOut({ log: createLog({ level: 'silent' }) });
  const operators = new Operators({ pool, fanOut, clock: systemClock, eraser: { poke: () => {} } });
  await pool.query(
    `insert into users (id, name, email) values ('a', 'Ana', 'ana@example.org'), ('b', E'Bo \\x1b[2J', 'bo@example.org');
     insert into accounts (id, "user", provider, provider_account, password) values ('1', 'a', 'credential', 'a', 'x');
     insert into accounts (id, "user", provider, provider_account, password) values ('2', 'b', 'credential', 'b', 'x');
     insert into sessions (id, "user", token, expires_at) values ('s', 'b', 't', now() + interval '1 day');
     insert into conversations (id, kind, title) values ('c', 'group', 'Surprise');
     insert into documents (id, conversation, epoch, generation) values ('c.0', 'c', 0, 'g')`,
  );
  return {
    pool,
    async run(...args: string[]): Promise<string> {
      let printed = '';
      const print = (text: string): void => {
        printed += text;
      };
      const by = { via: 'command', origin: 'root@machine' } as const;
      await runCommand({ pool, operators, by, baseUrl: 'https://chat.example.org', print }, args);
      return printed;
    },
    async [Symbol.asyncDispose]() {
      await fanOut[Symbol.asyncDispose]();
      await database[Symbol.asyncDispose]();
    },
  };
}

test('each command does what the help says, and leaves its line in the audit log', async () => {
  await using t = await start();
  expect(await t.run('--help')).toBe(HELP);
  expect(await t.run('users', '--help')).toBe(HELP);
  expect(await t.run('users', 'bo@')).toMatch(/^id +name +email .*\nb +Bo \[2J +bo@example\.org .* 1 *\n$/);
  await t.run('make-admin', 'bo@example.org');
  await t.run('deactivate', 'b');
  expect(await t.run('users', 'bo@')).toMatch(/ 0 +admin +deactivated\n$/);
  await t.run('reactivate', 'b');
  await t.run('unmake-admin', 'b');
  expect(await t.run('reset-password', 'BO@example.org')).toMatch(
    /https:\/\/chat\.example\.org\/reset-password#[\w-]{43}\n/,
  );
  await t.run('retention', '365');
  await t.run('retention', 'never', '--conversation', 'c');
  expect(await t.run('conversations')).toMatch(/^id .*\nc +group +\S+ +0 +1 +0 +0 B +never\n$/);
  expect(await t.run('retention', '--inherit', '--conversation', 'c')).toBe(
    'c: as the installation; the installation: messages are deleted after 365 days\n',
  );
  expect(await t.run('storage')).toMatch(/^table +kind .*\n(.*\n)*journal +documents /m);
  await t.run('delete-account', 'b', '--erase');
  expect(await t.run('users')).not.toContain('Bo');
  const lines = (await t.run('audit', '--ndjson')).trimEnd().split('\n');
  const acts = lines.map((line) => JSON.parse(line) as { action: string; via: string; origin: string });
  expect(acts.map(({ action }) => action)).toEqual([
    ...['account.make-admin', 'account.make-admin', 'account.deactivate', 'account.reactivate', 'account.unmake-admin'],
    ...['account.reset-password', 'retention.set', 'retention.set', 'retention.set', 'account.delete'],
  ]);
  expect(acts.slice(1).every(({ via, origin }) => via === 'command' && origin === 'root@machine')).toBe(true);
  expect(await t.run('audit')).toMatch(/^when .*\n.* root@machine +account\.delete +b +\{"erase":true\}\n/);
  expect(await t.run('conversations')).not.toContain('Surprise');
});

test('mistakes are said in one line, and change nothing', async () => {
  await using t = await start();
  for (const [args, said] of [
    [['explode'], 'There is no command explode'],
    [['constructor'], 'There is no command constructor'],
    [['deactivate'], 'Usage: npm run admin -- deactivate <email or id>'],
    [['deactivate', 'nobody'], 'There is no account nobody'],
    [['unmake-admin', 'a'], 'last administrator'],
    [['deactivate', 'a'], 'last administrator'],
    [['delete-account', 'a', '--keep'], 'last administrator'],
    [['delete-account', 'b'], '--erase or --keep'],
    [['retention', '1.5'], 'whole number'],
    [['retention', '0'], 'whole number'],
    [['retention', '7', '--conversation', 'none'], 'There is no conversation none'],
    [['users', '--force'], 'force'],
  ] as const)
    await expect(t.run(...args), args.join(' ')).rejects.toThrow(said);
  const { rows } = await t.pool.query('select action from audit_log');
  expect(rows).toEqual([{ action: 'account.make-admin' }]);
});
