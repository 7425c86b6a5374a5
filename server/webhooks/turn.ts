/** One webhook's turn: what is due is read, sent at once and judged. Decides what becomes of each delivery; writes nothing. */
import type { ConversationId } from '../../schema/ids.ts';
import type { Clock } from '../clock.ts';
import type { Pool } from '../database/pool.ts';
import { retryAfterMs } from '../network/retry-after.ts';
import type { Answer, WebhookRequests } from './requests.ts';
import { type ClaimedWebhook, type Delivery, findDue, readDeliveries, type Settled } from './round.ts';
import { MAX_RETRY_AFTER_MS, retryMs } from './schedule.ts';
import type { Turn } from './settle.ts';
import { bodyOf, signedHeaders } from './signed-request.ts';

export interface TurnOptions {
  readonly pool: Pool;
  readonly projector: { project(conversation: ConversationId): Promise<void> };
  readonly requests: WebhookRequests;
  readonly clock: Clock;
  readonly random: () => number;
}

/** A conversation whose rows cannot be made now: nobody knows what was deleted there. */
const POSTPONED_MS = 10_000;

/** Who takes longer queues with those that fail. */
const SLOW_MS = 2_000;

/** Rejects when Postgres fails. */
export async function takeTurn(
  webhook: ClaimedWebhook,
  { signal, ...options }: TurnOptions & { signal: AbortSignal },
): Promise<Turn> {
  const { pool, projector } = options;
  const due = await findDue(pool, webhook);
  const behind = await findBehind(projector, due);
  const deliveries = await readDeliveries(
    pool,
    webhook,
    due.map(({ id }) => id),
  );
  const results = await Promise.all(
    deliveries.map(async (delivery) => {
      const settled = settledUnsent(webhook, delivery, behind);
      if (settled) return { settled };
      const answer = await send(webhook, delivery, signal, options);
      // Nobody knows whether it arrived: another server sends it again.
      return answer && { settled: settledAfter(delivery, answer, options), answer };
    }),
  );
  const judged = results.filter((result) => result !== undefined);
  return {
    settled: judged.map(({ settled }) => settled),
    ...judgementOf(
      judged.flatMap(({ answer }) => answer ?? []),
      options.clock,
    ),
  };
}

/** What the answers say of the receiver. */
function judgementOf(answers: readonly Answer[], clock: Clock): Omit<Turn, 'settled'> {
  if (answers.length === 0) return { went: undefined, isSlow: undefined, pauseMs: undefined, isGone: false };
  const pauses = answers.flatMap((answer) => pauseOf(answer, clock) ?? []);
  const went = answers.some(isAccepted) ? 'well' : 'badly';
  return {
    went,
    isSlow: went === 'badly' || answers.some(({ durationMs }) => durationMs > SLOW_MS),
    pauseMs: pauses.length > 0 ? Math.max(...pauses) : undefined,
    isGone: answers.some(({ status }) => status === 410),
  };
}

/** Conversations that cannot be brought up to what is committed now. */
async function findBehind(
  projector: TurnOptions['projector'],
  due: readonly { conversation: ConversationId | null }[],
): Promise<ReadonlySet<ConversationId>> {
  const behind = new Set<ConversationId>();
  const conversations = new Set(due.flatMap(({ conversation }) => conversation ?? []));
  await Promise.all(
    [...conversations].map((conversation) =>
      projector.project(conversation).catch(() => {
        // The projector has logged it and tries again.
        behind.add(conversation);
      }),
    ),
  );
  return behind;
}

function settledUnsent(
  { events, conversations, is_active }: ClaimedWebhook,
  delivery: Delivery,
  behind: ReadonlySet<ConversationId>,
): Settled | undefined {
  const { delivery: id, type, conversation } = delivery;
  const dropped = (error: string): Settled => ({ id, status: 'dropped', attempts: 0, error });
  if (!is_active) return dropped('ACCOUNT_CLOSED');
  if (type === 'ping' || conversation === null) return undefined;
  if (!delivery.is_member) return dropped('NOT_A_MEMBER');
  if (!events.includes(type) || (conversations !== null && !conversations.includes(conversation)))
    return dropped('NOT_WANTED');
  if (type.startsWith('message.') && delivery.id === null) return dropped('NOT_FOUND');
  return behind.has(conversation) ? { id, status: 'waiting', attempts: 0, inMs: POSTPONED_MS } : undefined;
}

function send(
  { id: webhook, url, secrets }: ClaimedWebhook,
  delivery: Delivery,
  signal: AbortSignal,
  { requests, clock }: TurnOptions,
): Promise<Answer | undefined> {
  const { type, at, conversation, user } = delivery;
  const message = delivery.id === null ? undefined : delivery;
  const body = bodyOf({ webhook, type, at, conversation: conversation ?? '', user: user ?? '', message });
  const headers = signedHeaders({ id: delivery.delivery, nowMs: clock.now(), body, secrets });
  return requests.send({ url, headers, body, signal });
}

const isAccepted = ({ status = 0 }: Answer): boolean => status >= 200 && status < 300;

function settledAfter(delivery: Delivery, answer: Answer, { random, clock }: TurnOptions): Settled {
  const { delivery: id, attempts } = delivery;
  const { status: responseStatus, durationMs, error } = answer;
  const settled = { id, attempts: 1, responseStatus, durationMs, error };
  if (isAccepted(answer)) return { ...settled, status: 'sent' };
  const inMs = retryMs(attempts + 1, random());
  if (inMs === undefined) return { ...settled, status: 'failed' };
  return { ...settled, status: 'waiting', inMs: Math.max(inMs, pauseOf(answer, clock) ?? 0) };
}

/** What the receiver asks for, if it may. */
function pauseOf({ status, retryAfter }: Answer, clock: Clock): number | undefined {
  if (status !== 429 && status !== 503) return undefined;
  const pauseMs = retryAfterMs(retryAfter, clock.now());
  return pauseMs === undefined ? undefined : Math.min(pauseMs, MAX_RETRY_AFTER_MS);
}
