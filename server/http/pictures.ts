/**
 * Pictures of people and groups. Whoever is signed in and knows the id of one sees it, as everybody may find everybody's name; the id is of 160
 * bits, and groups tell theirs to members and whom they invite.
 */
import { createRoute, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { Picture } from '../../schema/http/conversations.ts';
import { MAX_PICTURE_BYTES } from '../../schema/limits.ts';
import { announcePerson } from '../account/announce-person.ts';
import { noteChange } from '../account/group-members.ts';
import { type PictureType, pictureType } from '../account/picture-format.ts';
import { findPicture, putPicture, removePicture } from '../account/pictures.ts';
import type { PoolClient } from '../database/pool.ts';
import { inTransaction } from '../database/transaction.ts';
import { announceChange } from '../fan-out/announce.ts';
import { createRoutes, type Environment, type HttpDependencies } from './environment.ts';
import { NOT_FOUND, requireGroup, requireRole } from './membership.ts';
import { HttpProblem } from './problem.ts';
import { createLimit, limitBy } from './rate-limits.ts';
import { json, problems, security, securityOf } from './responses.ts';

const params = z.object({ id: z.string().max(64) });
const bytes = { schema: z.string().openapi({ format: 'binary' }) };
const image = { 'image/webp': bytes, 'image/jpeg': bytes, 'image/png': bytes };
const request = { body: { required: true, content: image } } as const;
const gone = { 204: { description: 'There is none any more' } } as const;

const WHAT = `A still picture of at most ${MAX_PICTURE_BYTES} bytes and 1,024 px a side, in WebP, JPEG or PNG, without Exif, XMP, comments or anything behind its end. It is shown as a square and replaces the former one.`;

const putOwn = createRoute({
  method: 'put',
  path: '/api/me/picture',
  tags: ['people'],
  summary: "Set one's picture",
  description: `${WHAT} All devices of all who share a conversation hear of it at once.`,
  security,
  request,
  responses: { 200: json(Picture, 'Its id'), ...problems(413, 422) },
});

const removeOwn = createRoute({
  method: 'delete',
  path: '/api/me/picture',
  tags: ['people'],
  summary: "Remove one's picture",
  security,
  responses: { ...gone, ...problems() },
});

const putOfGroup = createRoute({
  method: 'put',
  path: '/api/conversations/{id}/picture',
  tags: ['conversations'],
  summary: 'Set the picture of a group',
  description: `${WHAT} Owners and admins do.`,
  security: securityOf('write'),
  request: { params, ...request },
  responses: { 200: json(Picture, 'Its id'), ...problems(404, 409, 413, 422) },
});

const removeOfGroup = createRoute({
  method: 'delete',
  path: '/api/conversations/{id}/picture',
  tags: ['conversations'],
  summary: 'Remove the picture of a group',
  description: 'Owners and admins do.',
  security: securityOf('write'),
  request: { params },
  responses: { ...gone, ...problems(404, 409) },
});

const fetch = createRoute({
  method: 'get',
  path: '/api/pictures/{id}',
  tags: ['people'],
  summary: 'A picture',
  description:
    'What is under an id never changes. Once replaced or removed it is a 404: programs keep it no longer than they hear its id, and browsers not at all by themselves.',
  security: securityOf('read'),
  request: { params },
  responses: { 200: { description: 'Its bytes', content: image }, ...problems(404) },
});

type Dependencies = Pick<HttpDependencies, 'pool' | 'fanOut' | 'config' | 'limitStore'>;

export function pictureRoutes({ pool, fanOut, config, limitStore }: Dependencies) {
  const limitProfile = limitBy(createLimit('profile', { config, limitStore }), (c) => c.var.session.user);

  /** All members of the group hear of it. */
  async function change(id: string, user: string, work: (client: PoolClient) => Promise<void>): Promise<void> {
    const changes = await inTransaction(pool, async (client) => {
      requireRole(await requireGroup(client, id, user), 'owner', 'admin');
      await work(client);
      return noteChange(client, [id]);
    });
    for (const each of changes) announceChange(fanOut, each);
  }

  return createRoutes()
    .openapi({ ...putOwn, middleware: limitProfile }, async (c) => {
      const { user } = c.var.session;
      const picture = await putPicture(pool, { user }, await requirePicture(c));
      if (picture === undefined) throw new HttpProblem(401, { detail: 'The account is gone' });
      await announcePerson({ pool, fanOut }, user);
      return c.json({ picture }, 200);
    })
    .openapi({ ...removeOwn, middleware: limitProfile }, async (c) => {
      const { user } = c.var.session;
      await removePicture(pool, { user });
      await announcePerson({ pool, fanOut }, user);
      return c.body(null, 204);
    })
    .openapi({ ...putOfGroup, middleware: limitProfile }, async (c) => {
      const { id } = c.req.valid('param');
      const sent = await requirePicture(c);
      let picture: string | undefined;
      await change(id, c.var.session.user, async (client) => {
        picture = await putPicture(client, { conversation: id }, sent);
      });
      if (picture === undefined) throw new HttpProblem(404, NOT_FOUND);
      return c.json({ picture }, 200);
    })
    .openapi({ ...removeOfGroup, middleware: limitProfile }, async (c) => {
      const { id } = c.req.valid('param');
      await change(id, c.var.session.user, (client) => removePicture(client, { conversation: id }));
      return c.body(null, 204);
    })
    .openapi(fetch, async (c) => {
      const found = await findPicture(pool, c.req.valid('param').id);
      if (!found) throw new HttpProblem(404, { detail: 'There is no such picture' });
      return c.body(new Uint8Array(found.bytes), 200, {
        'content-type': found.type,
        'content-disposition': 'inline',
        'content-security-policy': "sandbox; default-src 'none'",
        // The app keeps it under its id while somebody wears it; what a browser kept would outlive an erased account by far.
        'cache-control': 'no-store',
      }) as never;
    });
}

async function requirePicture(c: Context<Environment>): Promise<{ bytes: Buffer; type: PictureType }> {
  const bytes = Buffer.from(await c.req.arrayBuffer());
  const type = bytes.length <= MAX_PICTURE_BYTES ? pictureType(bytes) : undefined;
  if (!type) throw new HttpProblem(422, { detail: WHAT });
  return { bytes, type };
}
