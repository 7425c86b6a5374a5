/** Messages: the projected history, and posting through the same write path that sockets use (bots, integrations). */
import { createHash } from 'node:crypto';
import { createRoute, z } from '@hono/zod-openapi';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { PostedMessage, PostMessage, ProjectedMessage } from '../../schema/http/messages.ts';
import { type ConversationId, type MessageId, parseMessageId } from '../../schema/ids.ts';
import type { RefusalKind } from '../../schema/refusals.ts';
import { isMember } from './conversation-rows.ts';
import { encodeCursor, requireCursor } from './cursor.ts';
import { createRoutes, type HttpDependencies } from './environment.ts';
import { NOT_FOUND } from './membership.ts';
import { findMessage, findMessageAt, findPosition, listMessages, type MessagePosition } from './message-rows.ts';
import { pageCursor, pageLimit } from './page.ts';
import { HttpProblem } from './problem.ts';
import { body, bodyProblems, json, problems, securityOf } from './responses.ts';

const STATUS = {
  'too-long': 422,
  'too-large': 422,
  'bad-text': 422,
  'not-found': 422,
  'not-author': 403,
  deleted: 409,
  'window-over': 409,
  'not-member': 404,
  'read-only': 409,
  'no-file': 409,
  rate: 429,
} as const satisfies Record<RefusalKind, ContentfulStatusCode>;

const tags = ['messages'];
const params = z.object({ id: z.string().max(64) });
const path = '/api/conversations/{id}/messages';
const Position: z.ZodType<MessagePosition> = z.tuple([z.int(), z.int(), z.int()]);
const place = z.string().max(512).optional().openapi({ description: 'A cursor from `next`, or the id of a message' });

const list = createRoute({
  method: 'get',
  path,
  tags,
  summary: 'Messages, newest first',
  description:
    '`before` goes back in time, which is also where the list starts; `after` goes forward: the page holds the messages that follow it. With both, those in between.',
  security: securityOf('read'),
  request: {
    params,
    query: z.object({ before: place, after: place, cursor: pageCursor, limit: pageLimit({ usual: 50, max: 200 }) }),
  },
  responses: {
    200: json(
      z.object({ items: z.array(ProjectedMessage), next: z.string().optional() }).openapi('Messages'),
      'A page; `next` continues in the same direction: as `cursor`, or as `after` when only `after` was given, else as `before`',
    ),
    ...problems(404),
  },
});

const at = createRoute({
  method: 'get',
  path: `${path}/at`,
  tags,
  summary: 'The message at a time',
  description:
    'The first message that was committed at this time or later, else the newest one. The time of commit, not that of sending: messages stand in the order of their commits, and the clocks of devices do not agree.',
  security: securityOf('read'),
  request: {
    params,
    query: z.object({ time: z.iso.datetime({ offset: true }).openapi({ example: '2026-01-31T00:00:00+01:00' }) }),
  },
  responses: { 200: json(ProjectedMessage, 'The message'), ...problems(404) },
});

const one = createRoute({
  method: 'get',
  path: `${path}/{message}`,
  tags,
  summary: 'One message',
  security: securityOf('read'),
  request: { params: params.extend({ message: z.string().max(32) }) },
  responses: { 200: json(ProjectedMessage, 'The message'), ...problems(404) },
});

const post = createRoute({
  method: 'post',
  path,
  tags,
  summary: 'Post a message',
  security: securityOf('write'),
  request: {
    params,
    headers: z.object({
      'idempotency-key': z.string().min(1).max(255).optional().openapi({
        description:
          'Sent again with the same key, the message is posted once and the answer is the first one; with the same key and another message it is a 422',
      }),
    }),
    body: body(PostMessage),
  },
  responses: { 201: json(PostedMessage, 'It is durable'), ...bodyProblems(404, 409) },
});

type Dependencies = Pick<HttpDependencies, 'pool' | 'rooms' | 'projector'>;

export function messageRoutes({ pool, rooms, projector }: Dependencies) {
  /** Whoever has just written sees it. */
  async function requireProjected(conversation: string, user: string): Promise<void> {
    if (!(await isMember(pool, conversation, user))) throw new HttpProblem(404, NOT_FOUND);
    await projector.project(conversation as ConversationId);
  }

  async function requirePosition(conversation: string, text: string | undefined): Promise<MessagePosition | undefined> {
    if (text === undefined) return undefined;
    if (!parseMessageId(text)) return requireCursor(text, Position);
    const position = await findPosition(pool, conversation, text);
    if (!position) throw new HttpProblem(400, { detail: 'There is no such message in this conversation' });
    return position;
  }

  return (
    createRoutes()
      .openapi(list, async (c) => {
        const { id } = c.req.valid('param');
        const query = c.req.valid('query');
        await requireProjected(id, c.var.session.user);
        const isForward = query.after !== undefined && query.before === undefined;
        const before = await requirePosition(id, isForward ? undefined : (query.cursor ?? query.before));
        const after = await requirePosition(id, isForward ? (query.cursor ?? query.after) : query.after);
        const { items, end } = await listMessages(pool, { conversation: id, before, after, limit: query.limit });
        return c.json({ items, ...(end && { next: encodeCursor(end) }) }, 200);
      })
      // Before the route of one message, whose pattern fits its path too.
      .openapi(at, async (c) => {
        const { id } = c.req.valid('param');
        await requireProjected(id, c.var.session.user);
        const message = await findMessageAt(pool, { conversation: id, time: new Date(c.req.valid('query').time) });
        if (!message) throw new HttpProblem(404, { detail: 'This conversation has no messages' });
        return c.json(message, 200);
      })
      .openapi(one, async (c) => {
        const { id, message: wanted } = c.req.valid('param');
        await requireProjected(id, c.var.session.user);
        const message = await findMessage(pool, { conversation: id, id: wanted });
        if (!message) throw new HttpProblem(404, { detail: 'There is no such message in this conversation' });
        return c.json(message, 200);
      })
      .openapi(post, async (c) => {
        const { id } = c.req.valid('param');
        const { user } = c.var.session;
        const { text, ...given } = c.req.valid('json');
        const re = given.re ?? undefined;
        const key = c.req.valid('header')['idempotency-key'];
        // Before the room is asked: nobody makes a server load conversations that are not theirs.
        if (!(await isMember(pool, id, user))) throw new HttpProblem(404, NOT_FOUND);
        if (re !== undefined && !parseMessageId(re))
          throw new HttpProblem(422, { errors: [{ path: 're', message: 'This is no id of a message' }] });
        const fingerprint = fingerprintOf(id, text, re);
        const answer = await rooms.post({
          conversation: id as ConversationId,
          user,
          text,
          ...(re !== undefined && { re: re as MessageId }),
          ...(key !== undefined && { idempotencyKey: key, fingerprint }),
        });
        if (!answer.ok)
          throw new HttpProblem(STATUS[answer.kind], { detail: 'The message was refused', kind: answer.kind });
        if (key !== undefined && (answer.fingerprint ?? fingerprint) !== fingerprint)
          throw new HttpProblem(422, { detail: 'This Idempotency-Key was used for another message: take a new one' });
        return c.json({ id: answer.id, seq: answer.seq }, 201);
      })
  );
}

/**
 * Sixteen bits, kept with an idempotency key: a program that uses a key for something else is told so in 65,535 of 65,536 cases, and
 * nobody who guesses at a text that was deleted since learns whether it is right.
 */
function fingerprintOf(...parts: (string | undefined)[]): number {
  return createHash('sha256').update(JSON.stringify(parts)).digest().readUInt16BE();
}
