/**
 * The baseline of opening a document: what a y-websocket server with persistence does. It reads the stored state, applies
 * it to a new `Y.Doc` and answers SyncStep1 with `encodeStateAsUpdate`. It frames as Tidewire does, so that one client
 * measures both; every document has the same state, the one in `STATE_FILE`.
 */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';
import * as Y from 'yjs';
import { encodeControl, encodeFrame, encodeSync, SYNC } from '../../schema/wire/frame.ts';

const documents = new Map<string, Y.Doc>();

function load(name: string): Y.Doc {
  const known = documents.get(name);
  if (known) return known;
  const document = new Y.Doc();
  Y.applyUpdate(document, readFileSync(process.env.STATE_FILE ?? ''));
  documents.set(name, document);
  return document;
}

const server = createServer((_request, response) => response.end('ok'));
new WebSocketServer({ server, clientTracking: false }).on('connection', (socket) => {
  let document = new Y.Doc();
  socket.on('message', (data: Buffer) => {
    if (data[0] !== 0) {
      socket.send(encodeFrame(1, encodeSync(SYNC.step2, Y.encodeStateAsUpdate(document))));
      return;
    }
    const message = JSON.parse(data.toString('utf8', data.indexOf('{'))) as { t: string; document: string };
    if (message.t === 'ping') socket.send(encodeControl({ t: 'pong' }));
    else {
      document = load(message.document);
      socket.send(encodeControl({ t: 'opened', channel: 1, generation: 'none' }));
    }
  });
});
server.listen(Number(process.env.PORT), '127.0.0.1');
process.on('SIGTERM', () => process.exit());
