/**
 * Seeded stories of one person who writes while epochs close, heads come late, answers are lost, the network goes and pages end.
 * At the end the conversation holds what was written in the order in which it was written, whichever epochs it went through.
 * `SIMULATION_SEED=17` runs one alone.
 */
import { expect, test } from 'vitest';
import { documentId } from '../../schema/ids.ts';
import { Chance } from '../../server/simulation/chance.ts';
import { CONVERSATION, TestDevice, until } from './testing-device.ts';
import { TestServer } from './testing-server.ts';

const SEEDS = process.env.SIMULATION_SEED
  ? [Number(process.env.SIMULATION_SEED)]
  : Array.from({ length: 20 }, (_, index) => index + 1);

const OPERATIONS = 40;

const nextTask = () => new Promise((resolve) => setImmediate(resolve));

async function story(seed: number) {
  const chance = new Chance(seed);
  const server = new TestServer();
  const device = new TestDevice({ server, user: 'ana', members: ['ana', 'bo'] });
  const newest = () => server.epochOf(CONVERSATION);
  const written: string[] = [];
  const sending: Promise<void>[] = [];
  let tab = await device.tab();
  const write = () => {
    const text = `text ${written.length}`;
    written.push(text);
    sending.push(tab.conversation.send(text));
  };
  const reload = async () => {
    await Promise.all(sending);
    tab[Symbol.dispose]();
    tab = await device.tab({ epoch: chance.below(newest() + 1) });
  };
  const toggle = (what: 'isSilent' | 'isDiscreet' | 'isMute') => {
    server[what] = !server[what];
  };
  const operations: readonly (readonly [() => unknown, number])[] = [
    [write, 12],
    [() => server.rollOver(CONVERSATION), 3],
    [() => tab.local.extend(newest()), 2],
    [() => tab.online(), 4],
    [() => tab.offline(), 2],
    [() => server.cut(), 1],
    [() => toggle('isSilent'), 2],
    [() => toggle('isDiscreet'), 2],
    [() => toggle('isMute'), 1],
    [reload, 2],
    [nextTask, 10],
    [() => Promise.all(sending), 2],
  ];
  for (let step = 0; step < OPERATIONS; step++) await chance.weighted(operations)();
  Object.assign(server, { isSilent: false, isDiscreet: false, isMute: false });
  server.cut();
  await Promise.all(sending);
  tab.online();
  tab.local.extend(newest());
  await until(tab.outbox.contents, ({ records }) => records.length === 0);
  tab[Symbol.dispose]();
  const stored = Array.from({ length: newest() + 1 }, (_, epoch) => server.messages(documentId(CONVERSATION, epoch)));
  return { written, stored: stored.flat().map((one) => 'text' in one && one.text) };
}

test.each(SEEDS)('[E6b] seed %i: what one device writes stands in the order in which it was written', async (seed) => {
  const { written, stored } = await story(seed);
  expect(stored).toEqual(written);
});
