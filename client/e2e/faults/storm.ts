/**
 * One fault, and conversations that go on while it happens: each has people, devices and a seed of its own. Afterwards nothing
 * may be lost, doubled or different anywhere.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ConversationId } from '../../../schema/ids.ts';
import { Chance } from '../../../server/simulation/chance.ts';
import { type FaultName, strike } from './faults.ts';
import type { Installation } from './installation.ts';
import { Broken, requireOutcome } from './outcome.ts';
import { type Intentions, noIntentions, Participant } from './participant.ts';
import { requireAllWell } from './told.ts';

export interface StormOptions {
  readonly installation: Installation;
  readonly fault: FaultName;
  readonly pace: 'briefly' | 'long';
  /** One conversation each. The first also decides what exactly breaks, and for how long. */
  readonly seeds: readonly number[];
}

/** What was done, to see that a storm was one. */
export interface Tally {
  messages: number;
  edits: number;
  deletions: number;
  /** From the end of the fault until all servers said that nothing is wrong, */
  wellMs: number;
  /** and until everybody had everything. */
  healedMs: number;
}

interface Talk {
  readonly seed: number;
  readonly chance: Chance;
  readonly id: ConversationId;
  readonly participants: readonly Participant[];
  readonly intentions: Intentions;
}

/** How long people talk before the fault and after it. */
const BEFORE_MS = 300;
const AFTER_MS = 500;
/** Between two things that one device does. */
const PAUSE_MS = 60;
/** Heads are compared every 15 s, and clients wait up to 30 s after many failures: more than this is for ever. */
const HEALED_WITHIN_MS = 90_000;
const LOOK_EVERY_MS = 100;

/** Throws with seed and operations when a promise was broken. */
export async function runStorm({ installation, fault, pace, seeds }: StormOptions): Promise<Tally> {
  const talks = await Promise.all(seeds.map((seed) => beginTalk(installation, seed)));
  try {
    const mended = new AbortController();
    const talking = talks.flatMap(({ chance, participants }) =>
      participants.map((participant) => keepActing(participant, new Chance(chance.uint32()), mended.signal)),
    );
    let wellMs: number;
    try {
      await sleep(BEFORE_MS);
      await strike(fault, { installation, chance: new Chance(seeds[0] as number), pace });
      wellMs = await requireAllWell(installation.sites);
      await sleep(AFTER_MS);
    } catch (error) {
      throw new Error(`${fault}, seeds ${seeds}: ${error}`, { cause: error });
    } finally {
      mended.abort();
      await Promise.all(talking);
    }
    const startedMs = performance.now();
    await Promise.all(talks.map((talk) => requireHealed(installation, fault, talk)));
    return talks.reduce<Tally>(
      (sum, { intentions: { messages, edits, deletions } }) => ({
        messages: sum.messages + messages.length,
        edits: sum.edits + edits.length,
        deletions: sum.deletions + deletions.size,
        wellMs: sum.wellMs,
        healedMs: sum.healedMs,
      }),
      { messages: 0, edits: 0, deletions: 0, wellMs, healedMs: performance.now() - startedMs },
    );
  } finally {
    for (const { participants } of talks) for (const participant of participants) participant[Symbol.dispose]();
  }
}

/** Two people, one of them with two devices. */
async function beginTalk(installation: Installation, seed: number): Promise<Talk> {
  const { url } = installation;
  const [ana, bo] = await Promise.all([installation.signUp(`Ana ${seed}`), installation.signUp(`Bo ${seed}`)]);
  const answer = await fetch(`${url}/api/conversations`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: ana.bearer },
    body: JSON.stringify({ memberIds: [bo.id] }),
  });
  const { id } = (await answer.json()) as { id: ConversationId };
  const intentions = noIntentions();
  const common = { url, conversation: id, intentions };
  const participants = [
    new Participant({ ...common, name: 'ana', person: ana }),
    new Participant({ ...common, name: 'ana too', person: ana }),
    new Participant({ ...common, name: 'bo', person: bo }),
  ];
  for (const participant of participants) await participant.open();
  return { seed, chance: new Chance(seed), id, participants, intentions };
}

async function keepActing(participant: Participant, chance: Chance, until: AbortSignal): Promise<void> {
  while (!until.aborted) {
    await participant.act(chance);
    await sleep(chance.below(2 * PAUSE_MS));
  }
  participant.goOnline();
}

async function requireHealed({ pool, sites }: Installation, fault: FaultName, talk: Talk): Promise<void> {
  const { id, participants, intentions, seed } = talk;
  const deadline = performance.now() + HEALED_WITHIN_MS;
  for (;;) {
    try {
      for (const { server } of sites) if (!server.isRunning) throw new Error('A server has ended by itself');
      return await requireOutcome({ pool, conversation: id, participants, intentions });
    } catch (error) {
      if (error instanceof Broken && performance.now() < deadline) {
        await sleep(LOOK_EVERY_MS);
        continue;
      }
      const what = error instanceof Error ? error.message : String(error);
      const done = intentions.log.join('\n');
      const said = sites.map(({ server }, index) => `Server ${index + 1}:\n${server.lines.slice(-20).join('\n')}`);
      const text = `${fault}, seed ${seed}: ${what}\nConversation ${id}:\n${done}\n${said.join('\n')}`;
      throw new Error(text, { cause: error });
    }
  }
}
