/**
 * Socket.IO with its Redis adapter and one INSERT per message before it is sent on, as chats are built on it. Nobody is
 * authenticated and nothing is checked.
 */
import { createServer } from 'node:http';
import { createAdapter } from '@socket.io/redis-adapter';
import { Redis } from 'ioredis';
import pg from 'pg';
import { Server } from 'socket.io';

const { PORT, DATABASE_URL, REDIS_URL } = process.env;
const pool = new pg.Pool({ connectionString: DATABASE_URL, max: 10 });
await pool.query(
  'create table if not exists socket_io_messages (id bigint generated always as identity primary key, room text not null, text text not null, at timestamptz not null default now())',
);
const http = createServer((_request, response) => response.end('ok'));
const io = new Server(http, {
  adapter: createAdapter(new Redis(REDIS_URL), new Redis(REDIS_URL)),
  transports: ['websocket'],
  perMessageDeflate: false,
});
io.on('connection', (socket) => {
  const { room } = socket.handshake.query;
  socket.join(room);
  socket.emit('joined');
  socket.on('message', async (text) => {
    await pool.query({
      name: 'insert',
      text: 'insert into socket_io_messages (room, text) values ($1, $2)',
      values: [room, text],
    });
    io.to(room).emit('message', text);
  });
});
http.listen(Number(PORT), '127.0.0.1');
process.on('SIGTERM', () => process.exit());
