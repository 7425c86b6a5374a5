/**
 * The life of the shared connection as a pure state machine: what state follows an event, and what must be done. Time and
 * chance are passed in. It promises that a dead TCP is found within `PING_AFTER_MS + PONG_WITHIN_MS`, that a permanent
 * close code ends all attempts, and that a nudge (network is back, tab visible) resets the backoff at once.
 */
import { CLOSE, isPermanent } from '../../schema/close-codes.ts';
import { fullJitterMs } from './backoff.ts';

/** Silence before a ping. With the wait for the answer a dead connection is found in 20 s. */
export const PING_AFTER_MS = 10_000;
export const PONG_WITHIN_MS = 10_000;
/** After a nudge the answer is awaited impatiently: a laptop that wakes up usually has a dead connection. */
export const PONG_AFTER_NUDGE_WITHIN_MS = 4_000;
/** TCP, TLS and upgrade on a bad mobile network take seconds, not tens of them. */
export const CONNECT_WITHIN_MS = 10_000;
/** A nudge starts an attempt anew that has been hanging for this long: it was probably made on the former network. */
const HANGING_AFTER_MS = 2_000;
/** An overloaded server asks for more distance than a restarted one. */
const FIRST_ATTEMPT_WHEN_OVERLOADED = 3;
/** What a browser reports for a connection that ended without a close frame. */
export const ABNORMAL = 1006;

/** `troubleSince` is when the connection was last known to be good, or when it was first wanted. */
export type LinkState =
  | { readonly is: 'waiting'; readonly attempt: number; readonly until: number; readonly troubleSince: number }
  | { readonly is: 'connecting'; readonly attempt: number; readonly startedAt: number; readonly troubleSince: number }
  | OpenLink
  | { readonly is: 'stopped'; readonly code: number | undefined; readonly troubleSince: number };

interface OpenLink {
  readonly is: 'open';
  readonly attempt: number;
  /** Something was heard: only now is the server known to serve us, and the backoff reset. */
  readonly isProven: boolean;
  readonly heardAt: number;
  /** Set while a ping is unanswered. */
  readonly answerBy: number | undefined;
  readonly troubleSince: number;
}

export type LinkEvent =
  | { readonly is: 'opened' | 'heard' | 'due' | 'nudged' | 'requested' | 'stopped' }
  | { readonly is: 'closed'; readonly code: number };

/** `connect` makes a socket, `ping` sends one, `drop` forgets the socket without waiting for it. */
export type LinkEffect = 'connect' | 'ping' | 'drop';

export interface LinkStep {
  readonly state: LinkState;
  readonly effects: readonly LinkEffect[];
}

export interface Moment {
  readonly now: number;
  /** Uniform in [0, 1). */
  readonly random: number;
}

export const initialLink = (now: number): LinkState => ({ is: 'stopped', code: undefined, troubleSince: now });

/** When `due` must be raised next. */
export function dueAt(state: LinkState): number | undefined {
  switch (state.is) {
    case 'waiting':
      return state.until;
    case 'connecting':
      return state.startedAt + CONNECT_WITHIN_MS;
    case 'open':
      return state.answerBy ?? state.heardAt + PING_AFTER_MS;
    case 'stopped':
      return undefined;
  }
}

export function step(state: LinkState, event: LinkEvent, moment: Moment): LinkStep {
  const { now } = moment;
  const unchanged: LinkStep = { state, effects: [] };
  switch (event.is) {
    case 'opened':
      if (state.is !== 'connecting') return unchanged;
      return { state: opened(state, now), effects: ['ping'] };
    case 'heard':
      if (state.is !== 'open') return unchanged;
      return { state: { ...state, attempt: 0, isProven: true, heardAt: now, answerBy: undefined }, effects: [] };
    case 'closed':
      if (state.is !== 'open' && state.is !== 'connecting') return unchanged;
      return { state: closed(state, event.code, moment), effects: ['drop'] };
    case 'due':
      return due(state, moment);
    case 'nudged':
      return nudged(state, now);
    case 'requested':
      return state.is === 'stopped' ? connect(state.troubleSince, now, []) : nudged(state, now);
    case 'stopped':
      if (state.is === 'stopped') return unchanged;
      return { state: { is: 'stopped', code: undefined, troubleSince: now }, effects: ['drop'] };
  }
}

const connect = (troubleSince: number, now: number, before: readonly LinkEffect[], attempt = 0): LinkStep => ({
  state: { is: 'connecting', attempt, startedAt: now, troubleSince },
  effects: [...before, 'connect'],
});

const opened = (state: LinkState & { is: 'connecting' }, now: number): LinkState => ({
  is: 'open',
  attempt: state.attempt,
  isProven: false,
  heardAt: now,
  answerBy: now + PONG_WITHIN_MS,
  troubleSince: state.troubleSince,
});

function closed(state: LinkState & { is: 'open' | 'connecting' }, code: number, { now, random }: Moment): LinkState {
  const wasGood = state.is === 'open' && state.isProven;
  const troubleSince = wasGood ? now : state.troubleSince;
  if (isPermanent(code)) return { is: 'stopped', code, troubleSince };
  const next = wasGood ? 0 : state.attempt + 1;
  const attempt = code === CLOSE.overload ? Math.max(next, FIRST_ATTEMPT_WHEN_OVERLOADED) : next;
  return { is: 'waiting', attempt, until: now + fullJitterMs(attempt, random), troubleSince };
}

function due(state: LinkState, moment: Moment): LinkStep {
  const { now } = moment;
  const at = dueAt(state);
  if (at === undefined || now < at) return { state, effects: [] };
  if (state.is === 'waiting') return connect(state.troubleSince, now, [], state.attempt);
  if (state.is === 'open' && state.answerBy === undefined)
    return { state: { ...state, answerBy: now + PONG_WITHIN_MS }, effects: ['ping'] };
  return step(state, { is: 'closed', code: ABNORMAL }, moment);
}

function nudged(state: LinkState, now: number): LinkStep {
  switch (state.is) {
    case 'stopped':
      return { state, effects: [] };
    case 'waiting':
      return connect(state.troubleSince, now, []);
    case 'connecting':
      if (now - state.startedAt < HANGING_AFTER_MS) return { state, effects: [] };
      return connect(state.troubleSince, now, ['drop']);
    case 'open': {
      const answerBy = now + PONG_AFTER_NUDGE_WITHIN_MS;
      if (state.answerBy !== undefined && state.answerBy <= answerBy) return { state, effects: [] };
      return { state: { ...state, answerBy }, effects: ['ping'] };
    }
  }
}
