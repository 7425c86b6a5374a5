import { expect, test } from 'vitest';
import { createLog } from './log.ts';
import { Parts } from './parts.ts';

const log = createLog({ level: 'silent' });

test('parts end in the reverse order of their making, each after the one before has ended, once', async () => {
  const said: string[] = [];
  const parts = new Parts(log);
  for (const name of ['pool', 'rooms', 'sockets']) {
    parts.defer(name, async () => {
      said.push(`${name} ends`);
      await Promise.resolve();
      said.push(`${name} ended`);
    });
  }
  await Promise.all([parts[Symbol.asyncDispose](), parts[Symbol.asyncDispose]()]);
  const ends = (name: string) => [`${name} ends`, `${name} ended`];
  expect(said).toEqual([...ends('sockets'), ...ends('rooms'), ...ends('pool')]);
});

test('a part that fails to end keeps no other from ending', async () => {
  let hasEnded = false;
  const parts = new Parts(log);
  parts.defer('pool', async () => {
    hasEnded = true;
  });
  parts.defer('sockets', () => Promise.reject(new Error('stuck')));
  await parts[Symbol.asyncDispose]();
  expect(hasEnded).toBe(true);
});
