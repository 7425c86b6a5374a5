/**
 * Opening a document of 1,000 messages that no server holds, one after the other, and once more while the room is open.
 * The history is written through the server by ten people; copies of its rows make the other documents.
 */
import { writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { Fleet, type Member } from '../generator/fleet.ts';
import { Peer } from '../generator/peer.ts';
import { Tally } from '../generator/tally.ts';
import type { Laboratory } from '../laboratory.ts';
import type { Subject } from '../subject.ts';

interface Opening {
  readonly medianMs: number;
  readonly serverCpuMs: number;
}

export interface ColdOpenResult {
  readonly bytes: number;
  /** How the history is stored: merged, one by one, or both. */
  readonly stored: { readonly snapshots: number; readonly entries: number };
  readonly cold: Opening;
  readonly open: Opening;
  readonly plainCold: Opening;
  readonly plainOpen: Opening;
}

const SNAPSHOT_MS = 5_000;

export async function measureColdOpen(laboratory: Laboratory): Promise<ColdOpenResult> {
  const { documents } = laboratory.config.coldOpen;
  const source = await writeHistory(laboratory);
  const members = await laboratory.copies(source, documents);
  const { rows } = await laboratory.pool.query<ColdOpenResult['stored']>(
    `select (select count(*) from snapshots where document = $1) as snapshots,
            (select count(*) from journal where document = $1) as entries`,
    [members[0]?.document],
  );

  await using tidewire = await laboratory.start('tidewire');
  const ours = await openAll(tidewire, members);
  const file = laboratory.path('state');
  await writeFile(file, ours.state);
  await using plain = await laboratory.startPlainYjs(file);
  const theirs = await openAll(plain, members);
  return {
    bytes: ours.state.length,
    stored: rows[0] ?? { snapshots: 0, entries: 0 },
    cold: ours.cold,
    open: ours.open,
    plainCold: theirs.cold,
    plainOpen: theirs.open,
  };
}

/** Writes the history and gives the server the time to take a snapshot, if it takes them. */
async function writeHistory(laboratory: Laboratory): Promise<Member> {
  const { roomSize, textCharacters, coldOpen } = laboratory.config;
  await using subject = await laboratory.start('tidewire');
  const members = await laboratory.rooms('tidewire', roomSize);
  const fleet = new Fleet({
    ports: [subject.port],
    members,
    roomSize,
    textCharacters,
    concurrency: roomSize,
    authenticate: true,
  });
  await fleet.connect();
  await fleet.openChannels();
  const windowMs = 2_000;
  await fleet.load({
    messagesPerSecond: coldOpen.messages / (windowMs / 1_000),
    warmUpMs: 0,
    windowMs,
    onWindow: () => {},
  });
  const member = members[0] as Member;
  for (const endMs = performance.now() + SNAPSHOT_MS; performance.now() < endMs; await sleep(100)) {
    const { rowCount } = await laboratory.pool.query('select from snapshots where document = $1', [member.document]);
    if (rowCount) break;
  }
  fleet.close();
  return member;
}

async function openAll(
  subject: Subject,
  members: readonly Member[],
): Promise<{ cold: Opening; open: Opening; state: Uint8Array }> {
  const peers: Peer[] = [];
  const openEach = async (): Promise<Opening> => {
    const round = members.map((member) => createPeer(subject, member));
    await Promise.all(round.map((peer) => peer.upgraded()));
    await Promise.all(round.map((peer) => peer.authenticated()));
    peers.push(...round);
    await sleep(200);
    const before = subject.cpuMs();
    const times: number[] = [];
    for (const peer of round) {
      const startMs = performance.now();
      await peer.openChannel();
      times.push(performance.now() - startMs);
    }
    times.sort((a, b) => a - b);
    return { medianMs: times[times.length >> 1] as number, serverCpuMs: (subject.cpuMs() - before) / members.length };
  };
  const cold = await openEach();
  const open = await openEach();
  const state = peers[0]?.state;
  for (const peer of peers) peer.destroy();
  if (!state) throw new Error('The server has sent no state.');
  return { cold, open, state };
}

const createPeer = (subject: Subject, member: Member): Peer =>
  new Peer({
    ...member,
    port: subject.port,
    room: { last: { writer: -1, clock: 0 }, observer: undefined },
    tally: new Tally(),
    textCharacters: 0,
  });
