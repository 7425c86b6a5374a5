/**
 * What it costs to tell a watcher that somebody came or went, beside what a message costs: one conversation, in which people come and
 * go all the time. Measured once with nothing else, once with messages in it, and once with everybody watching those who come and go; each
 * costs what the server uses more than with nothing else. Tidewire's alone: the others here have no presence.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { inParallel } from '../generator/fleet.ts';
import { Peer, type Room } from '../generator/peer.ts';
import { Tally } from '../generator/tally.ts';
import type { Subject } from '../subject.ts';
import { start } from './contender.ts';
import type { Lab } from './scenarios.ts';

export interface PresenceResult {
  readonly usPerMessage: number;
  readonly usPerChange: number;
  readonly messagesDelivered: number;
  readonly messagesExpected: number;
  /** Changes that each watcher heard of; two a second happen. */
  readonly changesToldEach: number;
  /** The server's share of its core with nothing else, with messages, and watched. */
  readonly alone: number;
  readonly withMessages: number;
  readonly watched: number;
}

const PASS_EVERY_MS = 1_000;

export async function measurePresence(lab: Lab): Promise<PresenceResult> {
  const { laboratory, config } = lab;
  const { watchers, passers, staysMs, messagesPerSecond, settleMs, windowMs } = config.presence;
  const { textCharacters, idle } = config.bench;
  await using subject = await start('tidewire', lab);
  const members = await laboratory.rooms('tidewire', watchers + passers, watchers + passers);
  const tally = new Tally();
  const room: Room = { last: { writer: -1, clock: 0 }, observer: undefined };
  let told = 0;
  const create = (index: number): Peer => {
    const member = members[index];
    if (!member) throw new Error('There are not as many people');
    return new Peer({
      ...member,
      ...{ port: subject.port, room, tally, textCharacters },
      onControl: (message) => {
        if (message.t === 'presence') told += message.users.length;
      },
    });
  };
  const staying: Peer[] = [];
  await inParallel([...members.keys()].slice(passers), idle.concurrency, async (index) => {
    const peer = create(index);
    staying.push(peer);
    await peer.upgraded();
    await peer.authenticated();
    await peer.openChannel();
  });

  const stop = pass({ passers, staysMs, create });
  // From here on as many are told to have gone as have come.
  await sleep(2 * staysMs);
  const alone = await measure(subject, windowMs);

  const expected = Math.round((windowMs / 1_000) * messagesPerSecond);
  const speaker = staying[0] as Peer;
  tally.openWindow(0, Number.POSITIVE_INFINITY);
  const withMessages = await measure(subject, windowMs, async () => {
    for (let n = 0; n < expected; n++) {
      speaker.push(performance.now());
      await sleep(1_000 / messagesPerSecond);
    }
  });
  await sleep(settleMs);
  const messagesDelivered = tally.fromDue.total;

  const watch = (users: string[]) => {
    for (const peer of staying) peer.say({ t: 'watch', users });
  };
  watch(members.slice(0, passers).map(({ user }) => user));
  // Everybody is answered first, and rights are looked up.
  await sleep(3 * settleMs);
  const toldBefore = told;
  const watched = await measure(subject, windowMs);
  const changesTold = told - toldBefore;

  watch([]);
  await sleep(settleMs);
  const aloneAgain = await measure(subject, windowMs);
  stop();
  for (const peer of staying) peer.destroy();
  if (tally.failures.size > 0) throw new Error(`connections ended: ${[...tally.failures.keys()].join(', ')}`);

  const idleCore = (alone + aloneAgain) / 2;
  const usEach = (core: number, count: number): number => ((core - idleCore) * windowMs * 1_000) / count;
  return {
    usPerMessage: usEach(withMessages, messagesDelivered),
    usPerChange: usEach(watched, changesTold),
    messagesDelivered,
    messagesExpected: expected * watchers,
    changesToldEach: changesTold / watchers,
    alone: idleCore,
    withMessages,
    watched,
  };
}

/** The server's share of its core for a time, in which `work` is done. */
async function measure(subject: Subject, ms: number, work = () => Promise.resolve()): Promise<number> {
  const startMs = performance.now();
  const cpuMs = subject.cpuMs();
  await Promise.all([sleep(ms), work()]);
  return (subject.cpuMs() - cpuMs) / (performance.now() - startMs);
}

/** Every second somebody comes who leaves after a while; answers how to end it. */
function pass(options: { passers: number; staysMs: number; create: (index: number) => Peer }): () => void {
  const { passers, staysMs, create } = options;
  const here = new Map<Peer, NodeJS.Timeout>();
  const leave = (peer: Peer): void => {
    clearTimeout(here.get(peer));
    here.delete(peer);
    peer.destroy();
  };
  let turn = 0;
  const timer = setInterval(() => {
    const peer = create(turn++ % passers);
    here.set(
      peer,
      setTimeout(() => leave(peer), staysMs),
    );
  }, PASS_EVERY_MS);
  return () => {
    clearInterval(timer);
    for (const peer of here.keys()) leave(peer);
  };
}
