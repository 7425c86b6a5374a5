/** The servers of the load benchmarks: how each is started, who its clients are, and how they come back after a loss. */
import { join } from 'node:path';
import { fullJitterMs } from '../../../client/connection/backoff.ts';
import { Fleet, type Member } from '../generator/fleet.ts';
import { type Client, Peer, type PeerOptions } from '../generator/peer.ts';
import type { Laboratory } from '../laboratory.ts';
import { rawMembers } from '../seed.ts';
import { Subject } from '../subject.ts';
import { HocuspocusPeer } from './hocuspocus-peer.ts';
import { SocketIoPeer } from './socket-io-peer.ts';

/** The least that a server on `ws` can do: it passes on bytes, in one process and without a promise (`raw-ws.ts`). */
export const BASELINE = 'raw ws';
/** Those that can do all of it. */
export const PLATFORMS = ['tidewire', 'hocuspocus', 'socket.io'] as const;
export type Name = (typeof PLATFORMS)[number] | typeof BASELINE;
export const NAMES: readonly Name[] = [...PLATFORMS, BASELINE];

export interface Place {
  readonly laboratory: Laboratory;
  readonly redisUrl: string;
}

export function start(name: Name, { laboratory, redisUrl }: Place, formerPort?: number): Promise<Subject> {
  const former = formerPort ? { formerPort } : {};
  if (name === BASELINE) return laboratory.start('raw', [], former);
  const environment = { REDIS_URL: redisUrl, DATABASE_URL: laboratory.databaseUrl };
  if (name === 'tidewire') return laboratory.start('tidewire', [], { environment, ...former });
  const script = join(import.meta.dirname, 'contenders', name === 'hocuspocus' ? 'hocuspocus.js' : 'socket-io.js');
  return Subject.start(script, environment, [], formerPort);
}

let runs = 0;

/** Members of rooms nobody has written in. */
export async function membersOf(
  name: Name,
  laboratory: Laboratory,
  connections: number,
  roomSize: number,
): Promise<Member[]> {
  if (name === 'tidewire') return laboratory.rooms('tidewire', connections, roomSize);
  if (name === BASELINE) return laboratory.rooms('raw', connections, roomSize);
  const run = runs++;
  return rawMembers({ rooms: connections / roomSize, roomSize }).map((member) => ({
    ...member,
    roomName: `room-${run}-${member.roomName.slice(1)}`,
  }));
}

export function createClient(name: Name, options: PeerOptions): Client {
  if (name === 'hocuspocus') return new HocuspocusPeer(options);
  return name === 'socket.io' ? new SocketIoPeer(options) : new Peer(options);
}

export interface ConnectOptions {
  readonly laboratory: Laboratory;
  /** Everybody is with one of them, in turn, so that every room is on all. */
  readonly subjects: readonly Subject[];
  readonly connections: number;
  readonly roomSize: number;
  readonly speakers?: number | undefined;
}

/** Connects everybody. */
export async function connect(
  name: Name,
  options: ConnectOptions,
): Promise<{ fleet: Fleet; members: readonly Member[]; connectsPerSecond: number }> {
  const { laboratory, subjects, connections, roomSize, speakers } = options;
  const { textCharacters, idle } = laboratory.config;
  const members = await membersOf(name, laboratory, connections, roomSize);
  const fleet = new Fleet({
    ports: subjects.map(({ port }) => port),
    members,
    roomSize,
    speakers,
    textCharacters,
    concurrency: idle.concurrency,
    authenticate: name !== BASELINE,
    createClient: (peer) => createClient(name, peer),
  });
  return { fleet, members, connectsPerSecond: await fleet.connect() };
}

/** Connects everybody and opens their documents. */
export async function connectAndOpen(
  name: Name,
  options: ConnectOptions,
): Promise<{ fleet: Fleet; members: readonly Member[] }> {
  const connected = await connect(name, options);
  // A path is a room there.
  if (name !== BASELINE) await connected.fleet.openChannels();
  return connected;
}

/** What each one's own client waits before attempt number `attempt`: the defaults of socket.io-client and @hocuspocus/provider. */
export function backoffMs(name: Name, attempt: number): number {
  const random = Math.random();
  switch (name) {
    case 'tidewire':
    case BASELINE:
      return fullJitterMs(attempt, random);
    case 'socket.io':
      return Math.min(5_000, 1_000 * 2 ** attempt * (0.5 + random));
    case 'hocuspocus': {
      const bound = Math.min(30_000, 1_000 * 2 ** attempt);
      return 1_000 + random * (bound - 1_000);
    }
  }
}
