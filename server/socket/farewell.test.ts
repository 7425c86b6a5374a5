import { expect, test } from 'vitest';
import { CLOSE } from '../../schema/close-codes.ts';
import { sendAway } from './farewell.ts';

/** Sends a crowd away; how many were closed before the first pause, before the next, and so on. */
async function wavesOf(size: number, spreadMs: number, arriving = 0) {
  const connections = new Set<{ close(code: number): void }>();
  const codes = new Set<number>();
  const waves = [0];
  let lastedMs = 0;
  const connect = () => {
    const connection = {
      close(code: number) {
        codes.add(code);
        waves[waves.length - 1] = (waves.at(-1) as number) + 1;
        connections.delete(connection);
      },
    };
    connections.add(connection);
  };
  for (let n = 0; n < size; n++) connect();
  await sendAway(connections, spreadMs, async (ms) => {
    if (lastedMs === 0) for (let n = 0; n < arriving; n++) connect();
    lastedMs += ms;
    waves.push(0);
  });
  expect(connections.size).toBe(0);
  return { waves, lastedMs, codes: [...codes] };
}

test('few connections are sent away at once, to come again', async () => {
  expect(await wavesOf(100, 5_000)).toEqual({ waves: [100], lastedMs: 0, codes: [CLOSE.restart] });
  expect(await wavesOf(0, 5_000)).toMatchObject({ waves: [0], lastedMs: 0 });
});

test('many are sent away in equal waves, all within the time that is given', async () => {
  const { waves, lastedMs } = await wavesOf(10_000, 5_000);
  expect(new Set(waves)).toEqual(new Set([200]));
  expect(lastedMs).toBeLessThanOrEqual(5_000);
});

test('without time to spread them they all go at once', async () => {
  expect(await wavesOf(10_000, 0)).toMatchObject({ waves: [10_000], lastedMs: 0 });
});

test('who was still being accepted is sent away too', async () => {
  expect(await wavesOf(101, 1_000, 5)).toMatchObject({ waves: [100, 6] });
});
