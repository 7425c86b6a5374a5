/** Everything of an account as one zip, streamed: an epoch in memory, whatever its size. */
import { createRoute, z } from '@hono/zod-openapi';
import { MESSAGES_HEADER } from '../../schema/export/archive-header.ts';
import { measureArchive, writeArchive } from '../archive/write-archive.ts';
import { MAX_FILES } from '../archive/zip-stream.ts';
import { attachment } from './attachment.ts';
import { streamOf } from './byte-stream.ts';
import { createRoutes, type HttpDependencies } from './environment.ts';
import { HttpProblem } from './problem.ts';
import { createLimit, limitBy } from './rate-limits.ts';
import { problems, security } from './responses.ts';

const archiveRoute = createRoute({
  method: 'get',
  path: '/api/me/export',
  tags: ['export'],
  summary: 'Export everything of the account',
  description:
    'A zip: `account.json` with settings, drafts, starred messages and conversations; for each conversation and epoch its messages (`.ndjson`) and its document (`.yjs`), and `conversation.json` with members and people; the bytes of attached files; `manifest.json` with checksums, last: an archive that breaks off has none. `docs/archive.md` describes it; another server can import it.',
  security,
  responses: {
    200: {
      description: 'The archive',
      headers: z.object({
        'Tidewire-Messages': z.string().openapi({ description: 'How many messages are to come, to show progress' }),
      }),
      content: { 'application/zip': { schema: z.string().openapi({ format: 'binary' }) } },
    },
    ...problems(409),
  },
});

type Dependencies = Pick<HttpDependencies, 'pool' | 'projector' | 'clock' | 'config' | 'limitStore' | 'blobs'>;

export function archiveRoutes({ pool, projector, blobs, clock, config, limitStore }: Dependencies) {
  const limitArchives = limitBy(createLimit('archive', { config, limitStore }), (c) => c.var.session.user);
  return createRoutes().openapi({ ...archiveRoute, middleware: limitArchives }, async (c) => {
    const { user } = c.var.session;
    await projector.projectAllOf(user);
    const { conversations, epochs, messages } = await measureArchive(pool, user);
    if (2 * epochs + conversations + 2 > MAX_FILES)
      throw new HttpProblem(409, { detail: 'Too much for one archive: export conversations one by one' });
    const nowMs = clock.now();
    const pieces = writeArchive({ pool, projector, blobs, user, nowMs, emails: 'own' });
    return c.body(streamOf(pieces), 200, {
      'content-type': 'application/zip',
      'content-disposition': attachment(`Tidewire ${new Date(nowMs).toISOString().slice(0, 10)}.zip`),
      [MESSAGES_HEADER]: `${messages}`,
    });
  });
}
