/**
 * The baseline: the least a broadcast server written with `ws` can do. The URL path names the room; every message is sent
 * to all in the room, its sender included. No authentication, no persistence, no parsing, no limits.
 */
import { createServer } from 'node:http';
import { WebSocket, WebSocketServer } from 'ws';

const rooms = new Map<string, Set<WebSocket>>();
const server = createServer((_request, response) => response.end('ok'));

new WebSocketServer({ server, clientTracking: false }).on('connection', (socket, request) => {
  const name = request.url ?? '/';
  const room = rooms.get(name) ?? new Set();
  rooms.set(name, room.add(socket));
  socket.on('message', (data) => {
    for (const member of room) if (member.readyState === WebSocket.OPEN) member.send(data, { binary: true });
  });
  socket.on('close', () => {
    room.delete(socket);
    if (room.size === 0) rooms.delete(name);
  });
});

server.listen(Number(process.env.PORT), '127.0.0.1');
process.on('SIGTERM', () => process.exit());
