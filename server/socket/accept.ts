/**
 * Accepting sockets: who may connect, to what, within which bounds. Before authorization everything is capped; a socket that
 * may not be is upgraded and then closed with its code, because browsers cannot see an HTTP status. Also what concerns
 * all connections: heartbeat, revoked sessions, notices of messages and of typing.
 */
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Counter } from 'prom-client';
import { WebSocketServer } from 'ws';
import { CLOSE } from '../../schema/close-codes.ts';
import { documentId, type UserId } from '../../schema/ids.ts';
import { MAX_FRAME_BYTES, type SocketRates } from '../../schema/limits.ts';
import type { ServerControl } from '../../schema/wire/control.ts';
import { SUBPROTOCOL } from '../../schema/wire/frame.ts';
import { addressOf } from '../auth/address.ts';
import { isOwnOrigin } from '../auth/origin.ts';
import type { Session, Sessions } from '../auth/sessions.ts';
import type { Clock } from '../clock.ts';
import type { Pool } from '../database/pool.ts';
import type { FanOut, Notices } from '../fan-out/fan-out.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { Presence } from '../presence/presence.ts';
import type { Rooms } from '../room/rooms.ts';
import { type Connection, ServerSocket } from './connection.ts';
import { DocumentConnection } from './document-connection.ts';
import { sendAway } from './farewell.ts';
import { startHeartbeat } from './heartbeat.ts';
import { ACCEPT_DEADLINE_MS, MAX_PENDING_UPGRADES, MAX_UNAUTHORIZED_BYTES } from './limits.ts';
import { MissedHeads } from './missed-heads.ts';
import { Paces } from './pace.ts';
import { SharedConnection } from './shared-connection.ts';

export interface SocketsOptions {
  readonly server: Server;
  readonly pool: Pool;
  readonly rooms: Rooms;
  readonly sessions: Sessions;
  readonly fanOut: FanOut;
  readonly presence: Presence;
  readonly baseUrl: string | undefined;
  /** Over what time the connections are sent away at the end. */
  readonly drainMs: number;
  /** Undefined: sockets are read as fast as they send. */
  readonly rates: SocketRates | undefined;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** What a path asks for; undefined is not ours. */
type Target = { readonly is: 'sync' } | { readonly is: 'document'; readonly document: string };

export function attachSockets(options: SocketsOptions): AsyncDisposable {
  return new Sockets(options);
}

class Sockets implements AsyncDisposable {
  readonly #options: SocketsOptions;
  readonly #ws = createWebSocketServer(MAX_FRAME_BYTES);
  /** For those who are only told that they may not be: nothing they send is worth keeping. */
  readonly #farewell = createWebSocketServer(MAX_UNAUTHORIZED_BYTES);
  readonly #connections = new Set<Connection>();
  readonly #byUser = new Map<UserId, Connection[]>();
  readonly #disposables: (() => void)[] = [];
  readonly #paces: Paces | undefined;
  readonly #closes: Counter<'what' | 'code'>;
  #pending = 0;
  #isClosed = false;

  constructor(options: SocketsOptions) {
    this.#options = options;
    const { server, pool, fanOut, sessions, rates, clock, log, metrics } = options;
    this.#paces = rates && new Paces({ rates, clock, metrics });
    const missed = new MissedHeads({ pool, log, people: this.#byUser });
    const upgrade = (request: IncomingMessage, stream: Duplex, head: Buffer) =>
      void this.#upgrade(request, stream, head);
    server.on('upgrade', upgrade);
    this.#disposables.push(
      () => server.off('upgrade', upgrade),
      fanOut.subscribe('revoked', ({ sessions }) => this.#revoke(new Set(sessions))),
      fanOut.subscribe('head', (notice) => this.#announce(notice)),
      fanOut.subscribe('changed', ({ conversation, members }) => this.#tell(members, { t: 'changed', conversation })),
      fanOut.subscribe('person', ({ people, ...person }) => this.#tell(people, { t: 'person', ...person })),
      fanOut.subscribe('missed', ({ forMs }) => missed.tell(forMs)),
      () => missed[Symbol.dispose](),
      fanOut.subscribe('typing', ({ people, ...typing }) => this.#tell(people, { t: 'typing', ...typing })),
      sessions.watch(() => new Set([...this.#connections].map(({ session }) => session))),
      startHeartbeat(this.#connections),
      () => this.#paces?.[Symbol.dispose](),
    );
    this.#closes = metrics.counter({
      name: 'tidewire_closes_total',
      help: 'Connections and documents on them that the server closed, by close code; 4400 is hostile',
      labelNames: ['what', 'code'],
    });
    metrics.observe('tidewire_connections', 'Authenticated sockets', () => this.#connections.size);
  }

  async #upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): Promise<void> {
    const target = targetOf(request.url ?? '');
    if (!target) return reject(stream, '404 Not Found');
    if (this.#isClosed || this.#pending >= MAX_PENDING_UPGRADES) return reject(stream, '503 Service Unavailable');
    // Absolute: however slowly a peer or the database answers, a socket without a user does not stay.
    const deadline = setTimeout(() => stream.destroy(), ACCEPT_DEADLINE_MS);
    const onError = () => stream.destroy();
    stream.on('error', onError);
    this.#pending++;
    const verdict = await this.#authorize(request);
    this.#pending--;
    clearTimeout(deadline);
    stream.off('error', onError);
    if (stream.destroyed) return;
    if (this.#isClosed) return reject(stream, '503 Service Unavailable');
    const ws = verdict.ok ? this.#ws : this.#farewell;
    ws.handleUpgrade(request, stream, head, (socket) => {
      if (verdict.ok) this.#connect(socket, { request, stream, session: verdict.session, target });
      else {
        // Its frames have no listener, so nothing it says is heard; `ws` destroys it if the peer does not close within 30 s.
        socket.on('error', () => stream.destroy());
        socket.close(verdict.code, verdict.reason);
      }
    });
  }

  async #authorize({
    headers,
  }: IncomingMessage): Promise<{ ok: true; session: Session } | { ok: false; code: number; reason: string }> {
    const { sessions, baseUrl, log } = this.#options;
    try {
      const session = await sessions.verify({ authorization: headers.authorization, cookie: headers.cookie });
      if (!session) return { ok: false, code: CLOSE.signIn, reason: 'sign in again' };
      // Documents have one right, that of a member; scopes would be neither checked nor seen here.
      if (session.via === 'key') return { ok: false, code: CLOSE.notMember, reason: 'API keys are for HTTP requests' };
      if (session.via === 'cookie' && !isOwnOrigin({ origin: headers.origin, host: headers.host, baseUrl })) {
        return { ok: false, code: CLOSE.notMember, reason: 'a foreign origin' };
      }
      return { ok: true, session };
    } catch (error) {
      log.warn({ err: error }, 'a session could not be verified');
      return { ok: false, code: CLOSE.failure, reason: 'sessions cannot be verified now; try again' };
    }
  }

  #connect(
    socket: ServerSocket,
    {
      request,
      stream,
      session,
      target,
    }: { request: IncomingMessage; stream: Duplex; session: Session; target: Target },
  ): void {
    const onEnd = (connection: Connection) => this.#forget(connection);
    const onClosing = (what: string, code: number) => this.#closes.inc({ what, code });
    const { rooms, presence, baseUrl } = this.#options;
    const forwarded = request.headers['x-forwarded-for'];
    const address = addressOf({ forwarded, remote: request.socket.remoteAddress, baseUrl });
    const payer = { device: session.id, account: session.user, address };
    const pace = (onChange: () => void) => this.#paces?.of(payer, onChange);
    const common = { socket, stream, user: session.user, session: session.id, pace, onEnd, onClosing, rooms };
    const isOurs = socket.protocol === SUBPROTOCOL;
    const connection =
      target.is === 'sync'
        ? new SharedConnection({ ...common, presence })
        : new DocumentConnection({ ...common, document: target.document, isOurs });
    this.#connections.add(connection);
    const others = this.#byUser.get(connection.user);
    if (others) others.push(connection);
    else this.#byUser.set(connection.user, [connection]);
    presence.connected(connection.user);
  }

  #forget(connection: Connection): void {
    if (!this.#connections.delete(connection)) return;
    this.#options.presence.disconnected(connection.user);
    const left = this.#byUser.get(connection.user)?.filter((other) => other !== connection) ?? [];
    if (left.length > 0) this.#byUser.set(connection.user, left);
    else this.#byUser.delete(connection.user);
  }

  #revoke(sessions: ReadonlySet<string>): void {
    for (const connection of this.#connections) {
      if (sessions.has(connection.session)) connection.close(CLOSE.signIn, 'signed out');
    }
  }

  /** Tells members whose connection does not hold the document; the others see the message itself, if there is one. */
  #announce({ members, ...head }: Notices['head']): void {
    const document = documentId(head.conversation, head.epoch);
    this.#tell(members, { t: 'head', ...head }, (connection) => head.seq === 0 || !connection.hasOpen(document));
  }

  #tell(
    people: readonly UserId[],
    message: ServerControl,
    isConcerned: (connection: SharedConnection) => boolean = () => true,
  ): void {
    for (const user of people) {
      for (const connection of this.#byUser.get(user) ?? [])
        if (connection instanceof SharedConnection && isConcerned(connection)) connection.tell(message);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await sendAway(this.#connections, this.#options.drainMs);
    for (const dispose of this.#disposables) dispose();
    this.#ws.close();
    this.#farewell.close();
  }
}

const createWebSocketServer = (maxPayload: number) =>
  new WebSocketServer({
    noServer: true,
    // Compression costs 300 KB a socket and gains nothing on frames of 200 bytes.
    perMessageDeflate: false,
    maxPayload,
    clientTracking: false,
    WebSocket: ServerSocket,
    handleProtocols: (offered) => (offered.has(SUBPROTOCOL) ? SUBPROTOCOL : false),
  });

function targetOf(url: string): Target | undefined {
  const path = url.split('?', 1)[0] as string;
  if (path === '/sync') return { is: 'sync' };
  const match = /^\/documents\/([^/]+)$/.exec(path);
  if (!match) return undefined;
  try {
    return { is: 'document', document: decodeURIComponent(match[1] as string) };
  } catch {
    // Not percent-encoding: no document has such a name.
    return { is: 'document', document: '' };
  }
}

function reject(stream: Duplex, status: string): void {
  stream.on('error', () => stream.destroy());
  stream.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
