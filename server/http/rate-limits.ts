/**
 * How often one address, one device or one person may ask, counted in Redis for all servers together; without it, or while it does not answer, in
 * this process: then several servers allow several times as much, which protects each of them just the same. Off altogether
 * with `RATE_LIMITS=off`.
 */
import type { Context, MiddlewareHandler } from 'hono';
import { createMiddleware } from 'hono/factory';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes, RLWrapperTimeouts } from 'rate-limiter-flexible';
import type { Environment, LimitStore } from './environment.ts';
import { problemResponse } from './problem.ts';

export interface Limit {
  readonly points: number;
  readonly seconds: number;
}

export const LIMITS = {
  /** Many people may share one address: an office, a mobile network. Only floods are stopped. */
  address: { points: 6_000, seconds: 60 },
  /** A session or an API key. One program that runs wild leaves a quarter of what follows to its owner. */
  device: { points: 900, seconds: 60 },
  /** Twenty a second on average: more than a person's app and a busy bot ask for. */
  user: { points: 1_200, seconds: 60 },
  /** Each attempt costs scrypt, about 50 ms of a core: two a second leave the server alive, and an office can sign in. */
  signIn: { points: 120, seconds: 60 },
  /** Guesses at one account from many addresses; the owner's own devices hardly come near. */
  account: { points: 60, seconds: 600 },
  /** Each is told to everybody who shares a conversation; who tries several pictures comes through. */
  profile: { points: 30, seconds: 600 },
  /** Each has the devices of all members ask for the conversation; who pins by hand, or brings what waited without a network, comes through. */
  pin: { points: 60, seconds: 60 },
  /** Each reads everything a person has, seconds of work; who tries again after a broken download comes through. */
  archive: { points: 10, seconds: 600 },
  /** Each is a request to somebody else's server: enough to try things out by hand, too few to be a nuisance there. */
  webhook: { points: 30, seconds: 60 },
} as const satisfies Record<string, Limit>;

interface LimitOptions {
  readonly config: { readonly rateLimits: 'on' | 'off' };
  readonly limitStore?: LimitStore | undefined;
  /** For tests. */
  readonly patienceMs?: number;
}

/** A healthy Redis answers in a millisecond; nobody waits longer to be counted. */
const STORE_PATIENCE_MS = 100;

/** Answers a 429 when the key has used up its points, else nothing. */
export type Consume = (c: Context<Environment>, key: string) => Promise<Response | undefined>;

export function createLimit(
  name: keyof typeof LIMITS,
  { config, limitStore, patienceMs = STORE_PATIENCE_MS }: LimitOptions,
): Consume {
  if (config.rateLimits === 'off') return async () => undefined;
  const { points, seconds: duration } = LIMITS[name];
  const own = new RateLimiterMemory({ points, duration });
  const shared =
    limitStore &&
    new RLWrapperTimeouts({
      limiter: new RateLimiterRedis({
        ...{ points, duration, keyPrefix: `tidewire:limit:${name}`, storeClient: limitStore.commands },
        rejectIfRedisNotReady: true,
      }),
      insuranceLimiter: own,
      timeoutMs: patienceMs,
    });
  return async (c, key) => {
    try {
      const result = await (shared && limitStore?.isUp ? shared : own).consume(key);
      for (const [header, value] of rateHeaders(name, result)) c.header(header, value, { append: true });
      return undefined;
    } catch (result) {
      if (!(result instanceof RateLimiterRes)) throw result;
      const headers = [...rateHeaders(name, result), ['retry-after', seconds(result)] as [string, string]];
      return problemResponse(429, { detail: `Too many requests; try again in ${seconds(result)} s` }, headers);
    }
  };
}

/** Middleware that consumes a point of whatever `key` names. */
export const limitBy = (consume: Consume, key: (c: Context<Environment>) => string): MiddlewareHandler<Environment> =>
  createMiddleware<Environment>(async (c, next) => (await consume(c, key(c))) ?? next());

const seconds = (result: RateLimiterRes): string => String(Math.max(1, Math.ceil(result.msBeforeNext / 1_000)));

/** As draft-ietf-httpapi-ratelimit-headers has them: quota and window, what remains and until when; an item a limit. */
const rateHeaders = (name: keyof typeof LIMITS, result: RateLimiterRes): [string, string][] => [
  ['ratelimit-policy', `"${name}";q=${LIMITS[name].points};w=${LIMITS[name].seconds}`],
  ['ratelimit', `"${name}";r=${Math.max(0, result.remainingPoints)};t=${seconds(result)}`],
];
