/** Hocuspocus as its documentation runs it on several servers: the Redis extension, and the database extension on Postgres. */
import { Database } from '@hocuspocus/extension-database';
import { Redis } from '@hocuspocus/extension-redis';
import { Server } from '@hocuspocus/server';
import pg from 'pg';

const { PORT, DATABASE_URL, REDIS_URL } = process.env;
const redis = new URL(REDIS_URL);
const pool = new pg.Pool({ connectionString: DATABASE_URL, max: 10 });
await pool.query('create table if not exists hocuspocus_documents (name text primary key, data bytea not null)');

const server = new Server({
  port: Number(PORT),
  address: '127.0.0.1',
  quiet: true,
  extensions: [
    new Redis({ host: redis.hostname, port: Number(redis.port) }),
    new Database({
      async fetch({ documentName }) {
        const { rows } = await pool.query('select data from hocuspocus_documents where name = $1', [documentName]);
        return rows[0]?.data ?? null;
      },
      async store({ documentName, state }) {
        await pool.query(
          'insert into hocuspocus_documents values ($1, $2) on conflict (name) do update set data = excluded.data',
          [documentName, state],
        );
      },
    }),
  ],
});
await server.listen();
process.on('SIGTERM', () => process.exit());
