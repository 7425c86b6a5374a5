/**
 * Opening the newest epoch of a conversation that no server holds: bytes, time and CPU, for one client and for 150 at once. Each
 * round has a fresh server, warmed up by opening other documents, so that V8 has compiled what it would have in use.
 */
import type { ConversationId } from '../../../schema/ids.ts';
import { Peer } from '../generator/peer.ts';
import { Tally } from '../generator/tally.ts';
import type { Laboratory } from '../laboratory.ts';
import { scheduledUs } from '../process-usage.ts';
import type { Subject } from '../subject.ts';

export interface LongConversation {
  readonly conversation: ConversationId;
  /** The newest. */
  readonly epoch: number;
  readonly messages: number;
  /** The number of its first member, who is in no other. */
  readonly user: number;
}

/** One value a round. */
export interface LongOpenResult {
  readonly bytes: number[];
  readonly ms: number[];
  readonly cpuMs: number[];
  readonly crowdP99Ms: number[];
  readonly crowdCpuMs: number[];
  readonly listMs: number[];
  readonly searchMs: number[];
}

const CROWD = 150;
const WARM_UP_OPENINGS = 60;

export async function measureLongOpen(options: {
  laboratory: Laboratory;
  conversations: readonly LongConversation[];
  rounds: number;
  progress: (text: string) => void;
}): Promise<LongOpenResult[]> {
  const { laboratory, conversations, rounds, progress } = options;
  const results = conversations.map(
    (): LongOpenResult => ({ bytes: [], ms: [], cpuMs: [], crowdP99Ms: [], crowdCpuMs: [], listMs: [], searchMs: [] }),
  );
  const longest = conversations.at(-1) as LongConversation;
  for (let round = 0; round < rounds; round++) {
    progress(`opening, round ${round + 1} of ${rounds}`);
    // Who is first in a round pays for what is still cold: every size is, in turn.
    const order = conversations.map((_, index) => (index + round) % conversations.length);
    for (const crowd of [1, CROWD]) {
      await using subject = await laboratory.start('tidewire');
      for (let n = 0; n < WARM_UP_OPENINGS; n++)
        await openAtOnce(subject, laboratory, { ...longest, epoch: n % Math.max(1, longest.epoch) }, 1);
      for (const index of order) {
        const conversation = conversations[index] as LongConversation;
        const result = results[index] as LongOpenResult;
        const opened = await openAtOnce(subject, laboratory, conversation, crowd);
        if (crowd === 1) {
          result.bytes.push(opened.bytes);
          result.ms.push(opened.p99Ms);
          result.cpuMs.push(opened.cpuMs);
          result.listMs.push(await timeRequest(subject, laboratory, conversation, '/api/conversations'));
          const search = `/api/search?q=harbour%20fish&conversation=${conversation.conversation}`;
          result.searchMs.push(await timeRequest(subject, laboratory, conversation, search));
        } else {
          result.crowdP99Ms.push(opened.p99Ms);
          result.crowdCpuMs.push(opened.cpuMs);
        }
      }
    }
  }
  return results;
}

async function openAtOnce(
  subject: Subject,
  laboratory: Laboratory,
  conversation: LongConversation,
  count: number,
): Promise<{ bytes: number; p99Ms: number; cpuMs: number }> {
  const member = laboratory.member(conversation);
  const peers = Array.from(
    { length: count },
    () =>
      new Peer({
        ...member,
        port: subject.port,
        room: { last: { writer: -1, clock: 0 }, observer: undefined },
        tally: new Tally(),
        textCharacters: 0,
      }),
  );
  await Promise.all(peers.map((peer) => peer.upgraded()));
  await Promise.all(peers.map((peer) => peer.authenticated()));
  const beforeUs = scheduledUs(subject.pid);
  const startMs = performance.now();
  const times = await Promise.all(
    peers.map(async (peer) => {
      await peer.openChannel();
      return performance.now() - startMs;
    }),
  );
  const cpuMs = (scheduledUs(subject.pid) - beforeUs) / 1_000;
  const bytes = peers[0]?.state?.length ?? Number.NaN;
  for (const peer of peers) peer.destroy();
  times.sort((a, b) => a - b);
  return { bytes, p99Ms: times[Math.ceil(times.length * 0.99) - 1] as number, cpuMs };
}

/** The second of two requests: the first finds Postgres without its plan. */
async function timeRequest(
  subject: Subject,
  laboratory: Laboratory,
  conversation: LongConversation,
  path: string,
): Promise<number> {
  const { Authorization = '' } = laboratory.member(conversation).headers;
  const ask = async (): Promise<number> => {
    const startMs = performance.now();
    const answer = await fetch(`http://127.0.0.1:${subject.port}${path}`, {
      headers: { authorization: Authorization },
    });
    await answer.arrayBuffer();
    if (!answer.ok) throw new Error(`${path} was answered with ${answer.status}`);
    return performance.now() - startMs;
  };
  await ask();
  return ask();
}
