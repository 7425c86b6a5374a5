import { expect, test } from 'vitest';
import { Turns } from './turns.ts';

test('each piece of work begins after the one before it, also when that failed, and answers for itself', async () => {
  const turns = new Turns();
  const done: string[] = [];
  const slow = turns.take(async () => {
    done.push('slow begins');
    await new Promise((resolve) => setImmediate(resolve));
    done.push('slow ends');
    return 1;
  });
  const failing = turns.take(async () => {
    done.push('failing');
    throw new Error('full');
  });
  const last = turns.take(async () => done.push('last'));
  await expect(failing).rejects.toThrow('full');
  expect([await slow, await last]).toEqual([1, 4]);
  expect(done).toEqual(['slow begins', 'slow ends', 'failing', 'last']);
});
