/**
 * What people do, and how often: the action list of Mattermost's load test, `simulcontroller` of mattermost-load-test-ng, with its
 * frequencies and its pause of 20 s. Actions on what Tidewire does not have (reactions, custom status, teams, threads that are followed) are
 * left out; those on threads are reading and scrolling here.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { MixUser } from './mix-user.ts';
import type { Observed } from './observed.ts';

interface Action {
  /** Their names there, with their frequencies. */
  readonly of: Readonly<Record<string, number>>;
  readonly what: 'answer' | 'opening' | 'word';
  run(user: MixUser, dueMs: number): void | Promise<void>;
}

/** Between "is typing" and the message. */
const TYPES_FOR_MS = 1_000;

const ACTIONS: readonly Action[] = [
  { of: { SwitchChannel: 6.5219 }, what: 'word', run: (user) => user.switch() },
  {
    of: { OpenDirectOrGroupChannel: 0.9843, JoinChannel: 0.0049 },
    what: 'opening',
    run: (user) => {
      user.switch();
      return user.reopen();
    },
  },
  {
    of: { ScrollChannel: 1.9873, ClickPermalink: 0.3, ViewThread: 0.2841 },
    what: 'answer',
    run: (user) => user.scroll(),
  },
  { of: { UnreadCheck: 1, ViewGlobalThreads: 0.6023 }, what: 'answer', run: (user) => user.list() },
  {
    of: { CreatePost: 1 },
    what: 'word',
    async run(user, dueMs) {
      user.typing();
      await sleep(Math.max(0, dueMs + TYPES_FOR_MS - performance.now()));
      user.write(dueMs + TYPES_FOR_MS);
    },
  },
  { of: { UpdateThreadRead: 0.3236 }, what: 'word', run: (user) => user.read() },
  {
    of: { ReconnectWebSocket: 0.144, FullReload: 0.0008, LogoutLogin: 0.0006 },
    what: 'opening',
    run: (user) => user.reconnect(),
  },
  { of: { EditPost: 0.04 }, what: 'word', run: (user) => user.edit() },
  { of: { DeletePost: 0.0049 }, what: 'word', run: (user) => user.erase() },
  { of: { SearchPosts: 0.0218 }, what: 'answer', run: (user) => user.searchMessages() },
  {
    of: { SearchUsers: 0.032, SearchChannels: 0.015, SearchGroupChannels: 0.0204, ClickUserProfile: 0.03 },
    what: 'answer',
    run: (user) => user.searchPeople(),
  },
  {
    of: { CreateDirectChannel: 0.0055, CreateGroupChannel: 0.0029 },
    what: 'answer',
    run: (user) => user.startDirect(),
  },
];

const weightOf = ({ of }: Action): number => Object.values(of).reduce((sum, each) => sum + each, 0);
const ALL = ACTIONS.reduce((sum, action) => sum + weightOf(action), 0);

function pick(random: number): Action {
  let left = random * ALL;
  for (const action of ACTIONS) {
    left -= weightOf(action);
    if (left < 0) return action;
  }
  return ACTIONS[0] as Action;
}

// MinIdleTimeMs and AvgIdleTimeMs there.
const LEAST_IDLE_MS = 1_000;
const MEAN_IDLE_MS = 20_000;

const idleMs = (): number => LEAST_IDLE_MS + Math.random() * 2 * (MEAN_IDLE_MS - LEAST_IDLE_MS);

/** Acts until `signal` says that this person leaves. Time is the schedule's: what comes late, because we are slow, counts as late. */
export async function act(user: MixUser, observed: Observed, signal: AbortSignal): Promise<void> {
  let dueMs = performance.now() + Math.random() * 2 * MEAN_IDLE_MS;
  while (!signal.aborted) {
    await sleep(Math.max(0, dueMs - performance.now()), undefined, { signal }).catch(() => {}); // leaves
    if (signal.aborted) return;
    const action = pick(Math.random());
    try {
      await action.run(user, dueMs);
      observed.acted(dueMs, action.what);
    } catch (error) {
      if (!signal.aborted) observed.failed((error as Error).message);
    }
    dueMs = Math.max(dueMs, performance.now()) + idleMs();
  }
}
