/** The bot as its README starts it: a process of its own, against a real server. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { freshDatabase } from '../../server/database/testing.ts';
import { startServer } from '../../server/testing/server.ts';

/** Resolves when it listens; killed without notice at the end. */
async function startBot(env: Record<string, string>): Promise<AsyncDisposable> {
  const bot: ChildProcess = spawn(process.execPath, ['--import', 'tsx', join(import.meta.dirname, 'bot.ts')], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(bot, 'exit');
  await Promise.race([
    once(bot.stdout as NodeJS.ReadableStream, 'data'),
    exited.then(([code]) => Promise.reject(new Error(`The bot ended with ${code}`))),
  ]);
  return {
    async [Symbol.asyncDispose]() {
      bot.kill('SIGKILL');
      await exited;
    },
  };
}

test('[I1] [I3] the echo bot answers what is for it, once, also what was written while it was dead', async () => {
  await using database = await freshDatabase();
  await using server = await startServer({ databaseUrl: database.url });
  const [ana, echo] = [await server.signUp('Ana'), await server.signUp('Echo')];
  const made = await server.ask('POST', '/api/keys', echo, { name: 'Echo bot', scopes: ['read', 'write'] });
  const { key } = (await made.json()) as { key: string };
  const folder = await mkdtemp(join(tmpdir(), 'tidewire-echo-'));
  const env = { TIDEWIRE_URL: server.url, TIDEWIRE_KEY: key, CURSOR_FILE: join(folder, 'cursor') };
  try {
    using device = await server.device(ana, await server.group(ana, [echo]));
    device.say('echo from before it was started');
    // Changes have the time at which they can be polled, a moment after the commit.
    const changes = async () => (await server.ask('GET', '/api/messages/sync?since=2000-01-01T00:00:00Z', echo)).json();
    await expect.poll(changes).toMatchObject({ messages: [{ from: ana.id }] });
    const answered = (text: string) => device.until(() => device.texts().includes(text), `the answer ${text}`);
    let beginning: string;
    {
      await using _ = await startBot(env);
      beginning = await readFile(env.CURSOR_FILE, 'utf8');
      device.say('not for the bot');
      device.say('echo one');
      await answered('one');
    }
    const away = device.say('echo two');
    await device.settled();
    {
      await using _ = await startBot(env);
      await answered('two');
      device.edit(away, 'echo three');
      await answered('three');
    }
    {
      // Goes over what it has answered again.
      await writeFile(env.CURSOR_FILE, beginning);
      await using _ = await startBot(env);
      device.say('echo four');
      await answered('four');
    }
    const answers = device.timeline().filter(({ from }) => from === echo.id);
    expect(answers.map((message) => 'text' in message && message.text)).toEqual(['one', 'two', 'three', 'four']);
    expect(answers[1]).toMatchObject({ re: away });
  } finally {
    await rm(folder, { recursive: true });
  }
});
