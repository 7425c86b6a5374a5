/**
 * The server process is killed at random moments while two people write and edit: whatever a device was told is durable
 * must be there afterwards, once, and everything else must still arrive. No browser, for the sake of many rounds.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Chance } from '../../server/simulation/chance.ts';
import { Device } from '../../server/testing/device.ts';
import { type ServerProcess, startServerProcess } from './server-process.ts';

const ROUNDS = 20;
const SEED = Number(process.env.CRASH_SEED ?? 20_261_122);

let server: ServerProcess;

beforeAll(async () => {
  server = await startServerProcess();
});

afterAll(() => server?.[Symbol.asyncDispose]());

async function signUp(name: string): Promise<{ id: string; bearer: string }> {
  const url = `http://127.0.0.1:${server.port}`;
  const response = await fetch(`${url}/api/auth/sign-up/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url },
    body: JSON.stringify({ name, email: `${name}@example.org`, password: 'correct horse' }),
  });
  const { user } = (await response.json()) as { user: { id: string } };
  return { id: user.id, bearer: `Bearer ${response.headers.get('set-auth-token')}` };
}

test(`[P1] seed ${SEED}: ${ROUNDS} times kill -9, and every acknowledged message is there exactly once`, async () => {
  const chance = new Chance(SEED);
  const [ana, bo] = await Promise.all([signUp('ana'), signUp('bo')]);
  const created = await fetch(`http://127.0.0.1:${server.port}/api/conversations`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: ana.bearer },
    body: JSON.stringify({ memberIds: [bo.id] }),
  });
  const { document } = (await created.json()) as { document: string };
  const devices = [ana, bo].map(({ id, bearer }) => new Device({ port: server.port, document, user: id, bearer }));
  const written: string[] = [];
  let acknowledgedAtAll = 0;

  for (let round = 0; round < ROUNDS; round++) {
    for (const device of devices) await device.connect();
    const roundTexts: string[] = [];
    // Killed while messages are under way: some are committed, some acknowledged, some neither.
    const dies = new Promise((resolve) => setTimeout(resolve, chance.next() * 25)).then(() => server.kill());
    for (let n = 0; n < 30; n++) {
      const device = chance.pick(devices);
      const text = `round ${round}, message ${n}`;
      device.say(text);
      roundTexts.push(text);
      if (chance.happens(0.3)) await new Promise((resolve) => setImmediate(resolve));
    }
    await dies;
    const acknowledged = devices.map((device) => device.acknowledged.get(device.doc.clientID) ?? 0);
    acknowledgedAtAll += acknowledged[0] as number;
    for (const device of devices) device.disconnect();
    written.push(...roundTexts);
    await server.restart();

    // What a stranger reads from the restarted server, before the devices say anything again.
    using reader = await Device.connect({ port: server.port, document, user: bo.id, bearer: bo.bearer });
    const stored = new Set(reader.timeline().map(({ id }) => id));
    for (const [index, device] of devices.entries()) {
      const own = device.timeline().filter(({ id }) => id.startsWith(`${device.doc.clientID.toString(36)}-`));
      for (const { id } of own) {
        const clock = Number.parseInt(id.split('-')[1] as string, 36);
        if (clock < (acknowledged[index] as number)) expect(stored, `round ${round}: ${id}`).toContain(id);
      }
    }
  }

  for (const device of devices) await device.connect();
  using reader = await Device.connect({ port: server.port, document, user: bo.id, bearer: bo.bearer });
  expect(reader.texts().sort()).toEqual(written.sort());
  expect(acknowledgedAtAll).toBeGreaterThan(0);
  for (const device of devices) device[Symbol.dispose]();
}, 400_000);
